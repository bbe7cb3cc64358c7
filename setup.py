"""What setup.cfg cannot say: the switch's configuration and templates travel inside the package as data."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["routing", "routing.*"]), "routing.freeswitch"],
    package_dir={"routing.freeswitch": "freeswitch"},
    package_data={"routing": ["py.typed"], "routing.track": ["site.js"], "routing.freeswitch": ["**/*"]},
)
