"""python -m accounts: people, roles, tokens and the audit log of a library that is served to others."""

from __future__ import annotations

import argparse
import getpass
import sys
from dataclasses import asdict
from pathlib import Path

from accounts.records import ROLES, UnusableAccount
from accounts.store import Accounts, accounts_folder
from index.places import default_library, text_of
from index.talk import EXIT_FOUND, print_json, run_command, say


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Exit code 0, or 2 where something failed."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: int(options.run(options)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m accounts", description="Who may do what in a library that is served to others. 管理账户。"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str, person: bool = True) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument(
            "--library", type=Path, default=default_library(), metavar="DIR", help="the library's folder"
        )
        added.add_argument("--json", action="store_true", help="print JSON")
        if person:
            added.add_argument("name", type=text_of, metavar="NAME", help="the account's name")
        added.set_defaults(run=run)
        return added

    for name, run, text in (
        ("add", _add, "make an account; the password is asked for, or read from stdin / 新建账户"),
        ("role", _role, "give an account another role / 更改角色"),
    ):
        command(name, run, text).add_argument("--role", choices=ROLES, default="reader", help="default %(default)s")
    command("password", _password, "give an account another password; its sessions end / 更改密码")
    command("remove", _remove, "take an account out, with its sessions and tokens / 移除账户")
    command("list", _list, "the accounts and their roles / 列出账户", person=False)
    token = command("token", _token, "make a token for a program; it is shown once / 为程序创建令牌")
    token.add_argument("--scope", choices=ROLES, default="reader", help="what it may do at most (default %(default)s)")
    token.add_argument("--for", dest="purpose", type=text_of, default="", metavar="TEXT", help="what it is for")
    token.add_argument("--days", type=int, metavar="N", help="how long it is worth something (default: until revoked)")
    command("tokens", _tokens, "the tokens, without their secrets / 列出令牌", person=False)
    revoke = command("revoke", _revoke, "let a token be worth nothing from now on / 吊销令牌", person=False)
    revoke.add_argument("token", type=int, metavar="TOKEN", help="its number")
    audit = command("audit", _audit, "who changed what in the library, the latest first / 变更记录", person=False)
    audit.add_argument("--last", type=int, default=100, metavar="N", help="how many lines (default %(default)s)")
    return parser


def _add(options: argparse.Namespace) -> int:
    accounts = _accounts(options)
    account = accounts.add(options.name, _asked_password(), options.role)
    accounts.note("", "account.add", account.name, account.role)
    return _done(options, asdict(account), f"added / 已新建: {account.name} ({account.role})")


def _role(options: argparse.Namespace) -> int:
    accounts = _accounts(options)
    accounts.set_role(options.name, options.role)
    accounts.note("", "account.role", options.name, options.role)
    return _done(options, asdict(accounts.account(options.name)), f"{options.name}: {options.role}")


def _password(options: argparse.Namespace) -> int:
    accounts = _accounts(options)
    account = accounts.account(options.name)
    accounts.set_password(options.name, _asked_password())
    accounts.note("", "account.password", options.name)
    return _done(options, asdict(account), "changed / 已更改")


def _remove(options: argparse.Namespace) -> int:
    accounts = _accounts(options)
    account = accounts.account(options.name)
    accounts.remove(options.name)
    accounts.note("", "account.remove", account.name)
    return _done(options, asdict(account), f"removed / 已移除: {account.name}")


def _list(options: argparse.Namespace) -> int:
    people = _accounts(options).people()
    if options.json:
        print_json([asdict(account) for account in people])
        return EXIT_FOUND
    for account in people:
        print(f"{account.role:8}  {account.name}  {account.added}")
    say(f"{len(people)} accounts / 个账户")
    return EXIT_FOUND


def _token(options: argparse.Namespace) -> int:
    accounts = _accounts(options)
    token, secret = accounts.add_token(options.name, options.purpose, options.scope, options.days)
    accounts.note("", "token.add", f"{token.person} {token.id}", token.scope)
    if options.json:
        print_json({**asdict(token), "secret": secret})
    else:
        print(secret)
        say("Keep it: it is not shown again. 请保存，此令牌不再显示。")
    return EXIT_FOUND


def _tokens(options: argparse.Namespace) -> int:
    tokens = _accounts(options).tokens()
    if options.json:
        print_json([asdict(token) for token in tokens])
        return EXIT_FOUND
    for token in tokens:
        until = token.expires or "until revoked / 直至吊销"
        print(f"{token.id:4}  {token.scope:8}  {token.person}  {token.name}  {until}  {token.used}")
    return EXIT_FOUND


def _revoke(options: argparse.Namespace) -> int:
    accounts = _accounts(options)
    accounts.revoke(options.token)
    accounts.note("", "token.revoke", str(options.token))
    return _done(options, {"revoked": options.token}, f"revoked / 已吊销: {options.token}")


def _audit(options: argparse.Namespace) -> int:
    for change in _accounts(options).changes(limit=options.last):
        if options.json:
            print_json(asdict(change))
        else:
            print(f"{change.at}  {change.person or '-'}  {change.action}  {change.subject}  {change.detail}".rstrip())
    return EXIT_FOUND


def _accounts(options: argparse.Namespace) -> Accounts:
    return Accounts(accounts_folder(options.library))


def _done(options: argparse.Namespace, content: object, message: str) -> int:
    say(message)
    if options.json:
        print_json(content)
    return EXIT_FOUND


def _asked_password() -> str:
    """From the terminal, twice; else a line of stdin. Never an argument, which every user of the machine can see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password / 密码: ", sys.stderr)
    if password != getpass.getpass("Once more / 再次输入: ", sys.stderr):
        raise UnusableAccount("the two passwords are not the same: give the command again")
    return password


if __name__ == "__main__":
    sys.exit(main())
