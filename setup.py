"""What setup.cfg cannot say: what is no code and travels inside the package as data."""

from setuptools import find_packages, setup

setup(
    packages=[
        *find_packages(include=["routing", "routing.*"]),
        "routing.freeswitch",
        "routing.kamailio",
        "routing.pipelines",
    ],
    package_dir={
        "routing.freeswitch": "freeswitch",
        "routing.kamailio": "kamailio",
        "routing.pipelines": "tools/pipelines",
    },
    package_data={
        "routing": ["py.typed"],
        "routing.cli": ["newproject/*"],
        "routing.track": ["site.js", "callback.js", "callback.css", "callback.json"],
        "routing.desk": ["static/*", "static/vendor/*", "templates/*", "wording/*"],
        "routing.freeswitch": ["**/*"],
        "routing.kamailio": ["*.j2"],
        "routing.pipelines": ["*.yml"],
    },
)
