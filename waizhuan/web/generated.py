"""Pages that are written from the code, so that they cannot be wrong."""

from __future__ import annotations

from django.utils import translation

from waizhuan.shared.flow.process import Process, all_processes


def processes_page() -> str:
    """Every process as a diagram and as a table, in Chinese with the names of the code."""
    parts = [
        "# Processes",
        "",
        "Written by `python -m waizhuan generate-docs` from the tables. Labels are what users see.",
        "",
    ]
    with translation.override("zh-hans"):
        for process in sorted(all_processes(), key=lambda p: p.name):
            parts += _process(process)
    return "\n".join(parts).rstrip() + "\n"


def _process(process: Process) -> list[str]:
    lines = [
        f"## {process.label} `{process.name}`",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"  [*] --> {process.initial}",
    ]
    lines += [f"  {s.name}: {s.label}" for s in process.states]
    for t in process.transitions:
        lines += [f"  {source} --> {t.target or source}: {t.label}" for source in t.source]
    lines += [f"  {s.name} --> [*]" for s in process.states if s.final]
    lines += ["```", "", "| state | label | work | working days |", "|---|---|---|---|"]
    for s in process.states:
        lines.append(f"| `{s.name}` | {s.label} | {s.task or '—'} | {s.due or '—'} |")
    lines += ["", "| transition | from | to | label | who | needs | told |", "|---|---|---|---|---|---|---|"]
    for t in process.transitions:
        needs = "、".join(str(n.label) for n in t.needs) or "—"
        told = f"`{t.notify}`" + (" + SMS" if t.sms else "") if t.notify else "—"
        lines.append(
            f"| `{t.name}` | {', '.join(t.source)} | {t.target or '(stays)'} | {t.label} | `{t.by.__name__}` | {needs} | {told} |"
        )
    return [*lines, ""]
