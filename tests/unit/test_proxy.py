"""Kamailio's configuration: what its settings become, who may register, and that Kamailio itself takes it."""

import hashlib
import shutil
import sqlite3
import stat
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli.node import node as node_command
from routing.cli.proxy import proxy as proxy_command
from routing.node import files as node
from routing.proxy import accounts
from routing.proxy.files import render, write
from routing.proxy.settings import ProxiedNode, ProxySettings, node_of

_NODES = (ProxiedNode("10.0.0.1"), ProxiedNode("10.0.0.2", 5062, 5082, 3))
_DIRECTORY = """<include>
<user id="1001"><params><param name="password" value="first&amp;word"/></params></user>
<user id="1002"><params><param name="password" value="second-word"/></params></user>
</include>"""


def settings(**changes):
    return ProxySettings(Path("/srv/proxy"), _NODES, ("10.0.0.9:5060",), **changes)


def run(command, *words):
    return CliRunner().invoke(command, [str(word) for word in words])


@pytest.mark.parametrize(
    ("text", "node_"),
    [
        ("10.0.0.1", ProxiedNode("10.0.0.1", 5060, 5080, 1)),
        ("10.0.0.1:5070", ProxiedNode("10.0.0.1", 5070, 5080, 1)),
        ("10.0.0.1:5060/5090*40", ProxiedNode("10.0.0.1", 5060, 5090, 40)),
        ("[2001:db8::1]*2", ProxiedNode("[2001:db8::1]", 5060, 5080, 2)),
    ],
)
def test_a_node_is_an_address_with_ports_and_a_weight(text, node_):
    assert node_of(text) == node_


def test_each_node_stands_in_the_list_of_phones_and_in_that_of_carriers():
    assert render(settings())["dispatcher.list"].splitlines() == [
        "1 sip:10.0.0.1:5060 0 0 rweight=1",
        "2 sip:10.0.0.1:5080 0 0 rweight=1",
        "1 sip:10.0.0.2:5062 0 0 rweight=3",
        "2 sip:10.0.0.2:5082 0 0 rweight=3",
    ]


def test_carriers_are_known_by_their_networks():
    files = render(settings(carriers=("198.51.100.0/24", "2001:db8::7")))
    assert files["address.list"].splitlines() == [
        "1 198.51.100.0 24 0 carrier",
        "1 2001:db8::7 128 0 carrier",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nodes": ()}, "a proxy needs a node"),
        (
            {"nodes": (ProxiedNode("10.0.0.1"), ProxiedNode("10.0.0.1", 5080, 5090))},
            "10.0.0.1:5080 is two nodes' place",
        ),
        ({"domain": "a b"}, "'a b' is not a plain host name"),
        ({"home": Path('/srv/"quoted')}, "Kamailio needs a path"),
        ({"carriers": ("nowhere",)}, "nowhere"),
    ],
)
def test_what_may_not_go_into_the_configuration_is_refused(change, message):
    facts = {"home": Path("/srv/proxy"), "nodes": _NODES, "listen": ("10.0.0.9:5060",)} | change
    with pytest.raises(ValueError, match=message):
        render(ProxySettings(**facts))


@pytest.mark.parametrize("secure", [False, True])
def test_kamailio_takes_the_configuration(tmp_path, secure):
    modules = Path("/usr/lib").glob("**/kamailio/modules/tls.so" if secure else "**/kamailio/modules/db_sqlite.so")
    if shutil.which("kamailio") is None or not any(modules):
        pytest.skip("not found: kamailio with its modules (Debian: kamailio-sqlite-modules, kamailio-tls-modules)")
    facts = {"carriers": ("192.0.2.0/24",), "tls": tmp_path if secure else None}
    made = ProxySettings(tmp_path, _NODES, ("127.0.0.1:5060",), **facts)
    write(tmp_path, render(made))
    done = subprocess.run(
        ["kamailio", "-c", "-f", tmp_path / "kamailio.cfg"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_init_keeps_what_is_registered_and_settings_of_ones_own(tmp_path):
    home, root = tmp_path / "proxy", tmp_path / "root"
    words = ("init", home, "--node", "10.0.0.1", "--node", "10.0.0.2*2", "--listen", "10.0.0.9:5060")
    assert "kamailio -f" in run(proxy_command, *words).output
    (home / "local.cfg").write_text("# mine\n")
    (root / "current").mkdir(parents=True)
    (root / "current/directory.xml").write_text(_DIRECTORY)
    told = run(proxy_command, "accounts", home, "--root", root)
    assert told.output == "2 accounts may register\n"
    assert run(proxy_command, *words).exit_code == 0
    assert (home / "local.cfg").read_text() == "# mine\n"
    with closing(sqlite3.connect(home / "accounts.db")) as database:
        rows = database.execute("select username, ha1, password from subscriber order by 1").fetchall()
    hashed = hashlib.md5(b"1001:10.0.0.9:first&word").hexdigest()
    assert rows[0] == ("1001", hashed, "")
    assert stat.S_IMODE((home / "accounts.db").stat().st_mode) == 0o600
    assert "first" not in "".join(path.read_text(errors="replace") for path in home.glob("*.*"))


def test_an_account_that_is_gone_may_not_register(tmp_path):
    assert run(proxy_command, "init", tmp_path, "--node", "10.0.0.1").exit_code == 0
    assert accounts.store(tmp_path, {"1001": "a", "1002": "b"}) == 2
    assert accounts.store(tmp_path, {"1002": "b"}) == 1
    with closing(sqlite3.connect(tmp_path / "accounts.db")) as database:
        assert database.execute("select username from subscriber").fetchall() == [("1002",)]


def test_accounts_need_a_release_and_a_proxy(tmp_path):
    with pytest.raises(accounts.NoAccounts, match="there is no live release"):
        accounts.passwords(tmp_path)
    with pytest.raises(accounts.NoAccounts, match="`routing proxy init` has not written it"):
        accounts.store(tmp_path, {})


def test_a_node_behind_a_proxy_knows_it(tmp_path):
    behind = {"address": "10.0.0.1", "proxy": "10.0.0.9:5060"}
    files = node.render(node.Settings(Path("/srv/node"), Path("/srv/root"), "word", **behind))
    assert 'data="routing_phones_at=@10.0.0.9;fs_path=sip:10.0.0.9:5060"' in files["conf/dialplan/routing.xml"]
    assert 'cidr="10.0.0.9/32"' in files["conf/autoload_configs/acl.conf.xml"]
    assert 'data="domain=10.0.0.9"' in files["conf/vars.xml"]
    assert "options-respond-503-on-busy" in files["conf/sip_profiles/internal.xml"]
    assert '~= "10.0.0.9"' in files["conf/scripts/guesses.lua"]


def test_a_node_alone_finds_phones_where_they_register(tmp_path):
    files = node.render(node.Settings(Path("/srv/node"), Path("/srv/root"), "word"))
    assert 'data="routing_phones_at=%$${domain}"' in files["conf/dialplan/routing.xml"]
    assert "options-respond-503-on-busy" not in files["conf/sip_profiles/internal.xml"]


def test_a_proxy_is_named_by_its_address(tmp_path):
    told = run(node_command, "init", tmp_path / "node", "--root", tmp_path / "root", "--proxy", "sip.example.com:5060")
    assert told.exit_code == 2
    assert "write the proxy's address, by which its calls are known" in told.output
