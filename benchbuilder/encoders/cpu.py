"""What a CPU does faster than the libraries let it, with the same numbers.

Two thirds of the time go into linear layers and a fifth into attention. oneDNN multiplies
faster when the weights lie in its own order, and adds the bias on the way: torch packs them so for
compiled models, here it is done without a compiler. In bfloat16 the attention of short texts is
faster as two plain products around a softmax than in torch's fused kernel (docs/embedding.md has
the figures). Where a step cannot be had, the model stays as it is.
"""

from __future__ import annotations

from typing import Any

from benchbuilder.encoders.precision import cpu_flags

_ATTENTION = "benchbuilder_plain"
_PACK_ROWS = 1024  # tokens of a batch: which order of the weights is best depends on them


def prepare_for_cpu(model: Any) -> None:
    """Pack the linear layers of a sentence-transformers model and choose its attention."""
    import torch

    backends: Any = torch.backends  # they carry no types
    if not (backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")):
        return
    with torch.inference_mode():
        _pack_linear_layers(model)
    # AMX has a kernel of its own behind torch's attention.
    if next(model.parameters()).dtype == torch.bfloat16 and "amx_bf16" not in cpu_flags():
        _use_plain_attention(model)


def _pack_linear_layers(module: Any) -> None:
    import torch

    for name, child in module.named_children():
        if type(child) is torch.nn.Linear:
            setattr(module, name, _packed(child))
        else:
            _pack_linear_layers(child)


def _packed(linear: Any) -> Any:
    import torch

    kernels = torch.ops.mkldnn
    weight, bias = kernels._reorder_linear_weight(linear.weight.detach(), _PACK_ROWS), linear.bias

    class PackedLinear(torch.nn.Module):
        """Inputs (…, in) to outputs (…, out), as the layer that it stands for."""

        weight = linear.weight.detach().to("meta")  # some models ask for its type; no numbers

        def forward(self, inputs: Any) -> Any:
            return kernels._linear_pointwise(inputs, weight, bias, "none", [], "")

    return PackedLinear()


def _use_plain_attention(model: Any) -> None:
    """Only in a model that asks the library for its attention and took torch's fused one."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import eager_mask

    transformer: Any = getattr(model[0], "auto_model", None)
    chosen = getattr(getattr(transformer, "config", None), "_attn_implementation", None)
    if chosen != "sdpa" or any(getattr(part, "is_causal", False) for part in model.modules()):
        return
    AttentionInterface.register(_ATTENTION, _attend)
    AttentionMaskInterface.register(_ATTENTION, eager_mask)
    transformer.set_attn_implementation(_ATTENTION)


def _attend(
    module: Any, query: Any, key: Any, value: Any, mask: Any, scaling: float, **_: Any
) -> tuple[Any, Any]:
    """softmax(q·kᵀ·scaling + mask)·v; q, k, v are (texts, heads, tokens, width)."""
    import torch

    if key.shape != query.shape:
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        return sdpa_attention_forward(module, query, key, value, mask, scaling=scaling)
    texts, heads, tokens, width = query.shape
    flat = (texts * heads, tokens, width)
    weights = torch.bmm(query.reshape(flat) * scaling, key.reshape(flat).transpose(1, 2))
    if mask is not None:
        weights.view(texts, heads, tokens, tokens).add_(mask)
    torch.softmax(weights, -1, out=weights)
    found = torch.bmm(weights, value.reshape(flat)).view(query.shape)
    return found.transpose(1, 2), None
