"""The README's Python runs as it stands."""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def test_the_pythons_of_the_readme_run() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) == 2
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "wer|norm:clinical-v1|tok:words|scribeeval:" in done.stdout
    assert "Short of breath = dyspnea symptom" in done.stdout
    assert "Lasix = furosemide drug" in done.stdout
