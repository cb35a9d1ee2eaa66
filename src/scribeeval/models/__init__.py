"""Models: transcribers and drafters.  Heavy libraries are imported inside the functions that use them."""

import os

# ONNX Runtime 1.31, which runs the voice activity model, reports to its makers from Linux too, as soon as
# it is imported; Hugging Face's hub counts its users.  Said here, before either can be imported by us.
for _name in ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
    os.environ[_name] = "1"
