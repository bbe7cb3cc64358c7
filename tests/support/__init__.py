"""What tests share: beds, fakes and peers. A test module imports from here, never from another test."""
