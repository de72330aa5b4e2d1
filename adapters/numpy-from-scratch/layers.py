"""Layers in the style of lecture notes: a class with forward, backward, params and grads.

    forward(*x)    the value; keeps what backward needs
    backward(dy)   a list with the gradient of each input
    params, grads  the weights of layers that have some, and their gradients

As a student would write them: textbook formulas, no tricks for large or small numbers.
"""
import numpy as np


class Layer:
    def __init__(self, **attributes):
        self.params, self.grads, self.attributes = [], [], attributes


def unbroadcast(gradient, shape):
    """The sum over the axes that broadcasting had copied along."""
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    axes = tuple(i for i, size in enumerate(shape) if size == 1)
    return gradient.sum(axis=axes, keepdims=True) if axes else gradient


class Binary(Layer):
    def forward(self, a, b):
        self.a, self.b = a, b
        return self.value(a, b)

    def backward(self, dy):
        da, db = self.partials(self.a, self.b, dy)
        return [unbroadcast(da, self.a.shape), unbroadcast(db, self.b.shape)]


class Add(Binary):
    def value(self, a, b):
        return a + b

    def partials(self, a, b, dy):
        return dy, dy


class Sub(Binary):
    def value(self, a, b):
        return a - b

    def partials(self, a, b, dy):
        return dy, -dy


class Mul(Binary):
    def value(self, a, b):
        return a * b

    def partials(self, a, b, dy):
        return dy * b, dy * a


class Div(Binary):
    def value(self, a, b):
        return a / b

    def partials(self, a, b, dy):
        return dy / b, -dy * a / b**2


class Unary(Layer):
    def forward(self, x):
        self.x, self.y = x, self.value(x)
        return self.y


class Neg(Unary):
    def value(self, x):
        return -x

    def backward(self, dy):
        return [-dy]


class Reciprocal(Unary):
    def value(self, x):
        return 1 / x

    def backward(self, dy):
        return [-dy * self.y**2]


class Square(Unary):
    def value(self, x):
        return x**2

    def backward(self, dy):
        return [dy * 2 * self.x]


class Exp(Unary):
    def value(self, x):
        return np.exp(x)

    def backward(self, dy):
        return [dy * self.y]


class Log(Unary):
    def value(self, x):
        return np.log(x)

    def backward(self, dy):
        return [dy / self.x]


class Sigmoid(Unary):
    def value(self, x):
        return 1 / (1 + np.exp(-x))

    def backward(self, dy):
        return [dy * (1.0 - self.y) * self.y]


class Tanh(Unary):
    def value(self, x):
        return np.tanh(x)

    def backward(self, dy):
        return [dy * (1 - self.y**2)]


class ReLU(Unary):
    def value(self, x):
        self.mask = x <= 0
        return np.where(self.mask, x.dtype.type(0), x)

    def backward(self, dy):
        return [np.where(self.mask, dy.dtype.type(0), dy)]


class MatMul(Layer):
    """x (N, D) times W (D, H)."""

    def __init__(self):
        super().__init__()
        self.params, self.grads = [None], [None]

    def forward(self, x, W):
        self.x, self.params[0] = x, W
        return x @ W

    def backward(self, dy):
        self.grads[0] = self.x.T @ dy
        return [dy @ self.params[0].T, self.grads[0]]


class Affine(Layer):
    """x W + b, for x (N, D)."""

    def __init__(self):
        super().__init__()
        self.params, self.grads = [None, None], [None, None]

    def forward(self, x, W, b):
        self.x, self.params = x, [W, b]
        return x @ W + b

    def backward(self, dy):
        self.grads = [self.x.T @ dy, dy.sum(axis=0)]
        return [dy @ self.params[0].T, *self.grads]


class Sum(Layer):
    """Copies backward what it summed forward: Repeat the other way round."""

    scale = 1

    def forward(self, x):
        self.x = x
        axes = self.attributes.get("axes")
        self.axes = tuple(axis % x.ndim for axis in (range(x.ndim) if axes is None else axes))
        self.n = int(np.prod([x.shape[axis] for axis in self.axes]))
        return self.total(x)

    def total(self, x):
        return x.sum(axis=self.axes, keepdims=self.attributes["keepdims"])

    def backward(self, dy):
        if not self.attributes["keepdims"]:
            dy = np.expand_dims(dy, self.axes)
        return [np.broadcast_to(dy, self.x.shape).copy()]


class Mean(Sum):
    def total(self, x):
        return super().total(x) / self.n

    def backward(self, dy):
        return super().backward(dy / self.n)


class Repeat(Layer):
    """Sums backward what it copied forward: Sum the other way round."""

    def forward(self, x):
        self.shape = x.shape
        self.axis = self.attributes.get("axis", 0)
        self.repeats = self.attributes["repeats"][0]
        return np.repeat(x.reshape(-1) if x.ndim == 0 else x, self.repeats, axis=self.axis)

    def backward(self, dy):
        axis = self.axis % dy.ndim
        parts = dy.reshape(*dy.shape[:axis], -1, self.repeats, *dy.shape[axis + 1:])
        return [parts.sum(axis=axis + 1).reshape(self.shape)]


class Softmax(Unary):
    def value(self, x):
        e = np.exp(x - x.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    def backward(self, dy):
        dx = self.y * dy
        return [dx - self.y * dx.sum(axis=-1, keepdims=True)]


class SoftmaxWithLoss(Layer):
    """Mean cross entropy of softmax(x), (N, C), against labels t, (N)."""

    def forward(self, x, t):
        self.t = t
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return -np.mean(np.log(self.y[np.arange(len(t)), t]))

    def backward(self, dy):
        dx = self.y.copy()
        dx[np.arange(len(self.t)), self.t] -= 1
        return [dx * dy / len(self.t), None]


class L2(Layer):
    def forward(self, W):
        self.W = W
        return W.dtype.type(self.attributes["strength"]) / 2 * (W**2).sum()

    def backward(self, dy):
        return [dy * self.W.dtype.type(self.attributes["strength"]) * self.W]
