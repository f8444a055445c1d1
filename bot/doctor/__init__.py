"""The doctor: one line for each thing that must be right, and what to do where it is not."""

from bot.doctor.report import Finding, Verdict, render

__all__ = ["Finding", "Verdict", "render"]
