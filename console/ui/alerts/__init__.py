"""Alerts on screen: the centre, the banner, notifications, sounds, and the rules behind them."""
