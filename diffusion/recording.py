"""A function of tensors as the list of operations that it is made of, recorded once and run again.

The numbers are those of the function, bit for bit. What is saved is what lies between the operations: for a network of
a few ten thousand weights it is a quarter of a step of training.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload
from torch.fx import GraphModule, Node
from torch.fx.experimental.proxy_tensor import make_fx
from torch.fx.node import map_arg

aten = torch.ops.aten

# The same operations as PyTorch's own functions, which take half as long to call as the recorded names.
DIRECT: dict[Any, Callable[..., Tensor]] = {
    aten.add.Tensor: torch.add, aten.sub.Tensor: torch.sub, aten.mul.Tensor: torch.mul, aten.div.Tensor: torch.div,
    aten.mul.Scalar: torch.mul, aten.div.Scalar: torch.div, aten.pow.Tensor_Scalar: torch.pow,
    aten.neg.default: torch.neg, aten.sin.default: torch.sin, aten.cos.default: torch.cos, aten.lerp.Tensor: torch.lerp,
    aten.mm.default: torch.mm, aten.addmm.default: torch.addmm, aten.t.default: torch.t, aten.cat.default: torch.cat,
    aten.sum.dim_IntList: torch.sum, aten.mean.default: torch.mean, aten.unsqueeze.default: torch.unsqueeze,
    aten.view.default: torch.Tensor.view, aten.expand.default: torch.Tensor.expand,
}  # fmt: skip


def record(function: Callable[..., list[Tensor]], given: tuple[Tensor, ...]) -> Callable[..., list[Tensor]]:
    """The operations of `function`, as a function of tensors of the same shapes and dtypes as those given.

    What the function does with Python values, and tensors that it holds, are taken as they are now.
    """
    graph = make_fx(function)(*given)
    _leave_out_idle(graph)
    _compute_constants(graph)
    graph.graph.eliminate_dead_code()
    for node in graph.graph.nodes:
        node.target = DIRECT.get(node.target, node.target)
    graph.recompile()
    return graph.forward


def _leave_out_idle(graph: GraphModule) -> None:
    """Take out what changes nothing: there is no graph to be taken off, two transposes are none, and x^1 is x."""
    for node in graph.graph.nodes:
        before = node.args[0] if node.args else None
        if node.target is aten.detach.default or (node.target is aten.pow.Tensor_Scalar and node.args[1] == 1):
            node.replace_all_uses_with(before)
        elif node.target is aten.t.default and isinstance(before, Node) and before.target is aten.t.default:
            node.replace_all_uses_with(before.args[0])


def _compute_constants(graph: GraphModule) -> None:
    """Put tensors in the place of operations that no input reaches."""
    nodes = list(graph.graph.nodes)
    # What an operation in place may write to, be it through a view, is new in every run.
    written: set[Node] = set()
    for node in reversed(nodes):
        if node in written or _is(node, lambda operation: operation._schema.is_mutable):
            written.update(node.all_input_nodes)
    values: dict[Node, Any] = {node: getattr(graph, node.target) for node in nodes if node.op == "get_attr"}
    for node in nodes:
        inputs = node.all_input_nodes
        random = _is(node, lambda operation: torch.Tag.nondeterministic_seeded in operation.tags)
        if node in written or random or not inputs or not all(i in values for i in inputs):
            continue
        values[node] = node.target(*map_arg(node.args, values.get), **map_arg(node.kwargs, values.get))
        if not isinstance(values[node], Tensor):
            continue  # A list, whose members are nodes of their own.
        name = f"constant_{len(values)}"
        graph.register_buffer(name, values[node])
        with graph.graph.inserting_before(node):
            constant = graph.graph.get_attr(name)
        values[constant] = values[node]
        # What is given back is a tensor of its own in every run.
        node.replace_all_uses_with(constant, lambda user: user.op != "output")


def _is(node: Node, holds: Callable[[OpOverload], bool]) -> bool:
    return isinstance(node.target, OpOverload) and holds(node.target)
