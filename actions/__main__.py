"""Runs the action server on loopback: rasa_sdk's own entry listens on every address."""

from __future__ import annotations

import logging

from rasa_sdk.endpoint import create_app

from bot.settings import Settings


def main() -> None:
    """Serve the actions of this package until a signal comes."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    app = create_app("actions", cors_origins="")
    app.run("127.0.0.1", Settings.from_environment().actions_port, workers=1, access_log=False, motd=False)


if __name__ == "__main__":
    main()
