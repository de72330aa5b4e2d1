// Each op of gradcheck in TensorFlow.js: a function of the attributes and the tensors.
//
// TensorFlow.js's own op wherever there is one, so that it is TensorFlow.js that is checked. It has images with
// their channels last: tensors are transposed on the way in and out.
'use strict';
const tf = require('@tensorflow/tfjs');

class Unsupported extends Error {
  constructor(what, name) {
    super(name);
    this.what = what;
  }
}

function only(condition, name) {
  if (!condition)
    throw new Unsupported('attribute', name);
}

function ofRank(condition, name) {
  if (!condition)
    throw new Unsupported('rank', name);
}

const ignoring = f => (attributes, ...x) => f(...x);
const every = (x, axes) => axes === undefined ? x.shape.map((_, i) => i) : axes;
const normal = (x, axis) => axis < 0 ? axis + x.rank : axis;

// ---- reductions; an empty list of axes means none of them

function over(f) {
  return ({axes, keepdims, ...more}, x) => axes && axes.length === 0
    ? f(x.expandDims(0), [0], false, more)
    : f(x, axes === undefined ? x.shape.map((_, i) => i) : axes.map(axis => normal(x, axis)), keepdims, more);
}

function extreme(f) {
  return over((x, axes, keepdims, {ties}) => {
    only(ties === 'share', `ties=${ties}`);
    return f(x, axes, keepdims);
  });
}

function norm({ord, p, axes, keepdims}, x) {
  only(ord !== 'p', `ord=p with p=${p}`);
  const list = every(x, axes);
  only(list.length === 1 || list.length === x.rank && ord === '2', `axes=[${list}] with ord=${ord}`);
  return tf.norm(x, ord === '2' ? 'euclidean' : ord === 'inf' ? Infinity : 1, list.length === 1 ? list[0] : list, keepdims);
}

// ---- shapes

// Steps of 1 are a slice, which has a gradient; strided slices have none.
function slice({starts, stops, steps, axes}, x) {
  const begin = x.shape.map(() => 0), size = [...x.shape];
  const count = Math.max(...[starts, stops, steps].map(given => given ? given.length : 0));
  for (let i = 0; i < count; i++) {
    only(!steps || steps[i] === 1, `steps=[${steps}]`);
    const axis = axes ? normal(x, axes[i]) : i, n = x.shape[axis];
    const bound = at => Math.min(Math.max(at < 0 ? at + n : at, 0), n);
    begin[axis] = starts ? bound(starts[i]) : 0;
    size[axis] = Math.max(0, (stops ? bound(stops[i]) : n) - begin[axis]);
  }
  return tf.slice(x, begin, size);
}

function pad({mode, before, after, value}, x) {
  const zeros = x.shape.map(() => 0);
  const pairs = zeros.map((_, i) => [(before || zeros)[i], (after || zeros)[i]]);
  only(mode !== 'replicate', 'mode=replicate');
  return mode === 'reflect' ? tf.mirrorPad(x, pairs, 'reflect') : tf.pad(x, pairs, value === undefined ? 0 : value);
}

function reshape({shape}, x) {
  return tf.reshape(x, shape);
}

function flatten({start_axis, end_axis}, x) {
  const from = normal(x, start_axis), to = normal(x, end_axis);
  return tf.reshape(x, x.rank === 0 ? [1] : [...x.shape.slice(0, from), -1, ...x.shape.slice(to + 1)]);
}

function expand({shape}, x) {
  const missing = shape.length - x.rank;
  return tf.broadcastTo(x, shape.map((size, i) => size === -1 ? x.shape[i - missing] : size));
}

function unsqueeze({axes}, x) {
  const rank = x.rank + axes.length;
  for (const axis of axes.map(axis => axis < 0 ? axis + rank : axis).sort((a, b) => a - b))
    x = tf.expandDims(x, axis);
  return x;
}

function squeeze({axes}, x) {
  return axes ? tf.squeeze(x, axes.map(axis => normal(x, axis))) : tf.squeeze(x);
}

// Indices below 0 count from the end.
const fromStart = (index, n) => index.add(index.less(0).cast('int32').mul(tf.scalar(n, 'int32')));
const take = ({axis}, x, index) => tf.gather(x, fromStart(index, x.shape[normal(x, axis)]), axis);

// Along the last axis, with the others as one axis of batches.
function gather({axis}, x, index) {
  const at = normal(x, axis), order = x.shape.map((_, i) => i).filter(i => i !== at).concat(at);
  const part = tf.transpose(x, order).slice(x.shape.map(() => 0), [...order.slice(0, -1).map(i => index.shape[i]), -1]);
  const n = x.shape[at], where = fromStart(tf.transpose(index, order), n);
  const y = tf.gather(part.reshape([-1, n]), where.reshape([-1, index.shape[at]]), 1, 1);
  return tf.transpose(y.reshape(where.shape), order.map((_, i) => order.indexOf(i)));
}

function indexPut({accumulate}, x, index, src) {
  only(accumulate, 'accumulate=false');
  const rows = fromStart(index, x.shape[0]).reshape([-1]);
  return x.add(tf.unsortedSegmentSum(src.reshape([-1, ...x.shape.slice(1)]), rows, x.shape[0]));
}

// ---- images

const last = x => tf.transpose(x, [0, 2, 3, 1]);
const first = x => tf.transpose(x, [0, 3, 1, 2]);
const pair = given => Array.isArray(given) ? given.length === 1 ? [given[0], given[0]] : given : [given, given];

function conv2d({stride, padding, dilation, groups}, x, w, b) {
  only(groups === 1, `groups=${groups}`);
  const [top, side] = pair(padding);
  const y = tf.conv2d(last(x), tf.transpose(w, [2, 3, 1, 0]), pair(stride), [[0, 0], [top, top], [side, side], [0, 0]],
                      'NHWC', pair(dilation));
  return first(b ? y.add(b) : y);
}

function convTranspose2d({stride, padding, dilation, output_padding, groups}, x, w, b) {
  only(groups === 1, `groups=${groups}`);
  only(pair(dilation).every(d => d === 1), `dilation=[${dilation}]`);
  const steps = pair(stride), edge = pair(padding), more = pair(output_padding);
  const size = i => (x.shape[i + 2] - 1) * steps[i] - 2 * edge[i] + w.shape[i + 2] + more[i];
  const y = tf.conv2dTranspose(last(x), tf.transpose(w, [2, 3, 1, 0]), [x.shape[0], size(0), size(1), w.shape[1]], steps,
                               [[0, 0], [edge[0], edge[0]], [edge[1], edge[1]], [0, 0]], 'floor');
  return first(b ? y.add(b) : y);
}

function upsample({mode, size, scale, align_corners}, x) {
  const sizes = size ? pair(size) : pair(scale).map((k, i) => k * x.shape[i + 2]);
  return first(mode === 'nearest' ? tf.image.resizeNearestNeighbor(last(x), sizes)
                                  : tf.image.resizeBilinear(last(x), sizes, align_corners, !align_corners));
}

// A sequence is an image of height 1.
function conv1d({stride, padding, dilation, groups}, x, w, b) {
  const flat = list => Array.isArray(list) ? list[0] : list;
  const y = conv2d({stride: [1, flat(stride)], padding: [0, flat(padding)], dilation: [1, flat(dilation)], groups},
                   x.expandDims(2), w.expandDims(2), b);
  return y.squeeze([2]);
}

// `include`: padding counts in its mean, unless told otherwise.
function pool(f, include) {
  return ({kernel, stride, padding, dilation, ceil_mode, count_include_pad}, x) => {
    const size = pair(kernel), steps = pair(stride === undefined ? kernel : stride), [top, side] = pair(padding);
    only(!dilation || pair(dilation).every(d => d === 1), `dilation=${dilation}`);
    only(!include || !count_include_pad || top === 0 && side === 0, 'count_include_pad=true');
    only(!ceil_mode || [top, side].every((edge, i) => beginsInside(x.shape[i + 2], size[i], steps[i], edge)), 'ceil_mode=true');
    return first(f(last(x), size, steps, [[0, 0], [top, top], [side, side], [0, 0]], ceil_mode ? 'ceil' : 'floor'));
  };
}

// Whether the last window begins inside x or in front of it, when all that is left over makes one more.
function beginsInside(n, size, step, edge) {
  return Math.ceil((n + 2 * edge - size) / step) * step < n + edge;
}

// A sequence is an image of height 1 here, too.
function pool1d(f, include) {
  const line = (given, above) => given === undefined ? undefined : [above, Array.isArray(given) ? given[0] : given];
  return ({kernel, stride, padding, dilation, ...more}, x) => pool(f, include)(
    {kernel: line(kernel, 1), stride: line(stride === undefined ? kernel : stride, 1), padding: line(padding, 0),
     dilation: line(dilation, 1), ...more}, x.expandDims(2)).squeeze([2]);
}

// ---- normalization

// A weight of a layer of tf.layers is what has read(); an average that it keeps, what has write(), too.
const weight = x => ({read: () => x, write: () => {}});

// Layers have both weights always: a scale of 1 and an offset of 0 where none are given.
const scaleAndOffset = (shape, gamma, beta) => ({gamma: weight(gamma || tf.ones(shape)), beta: weight(beta || tf.zeros(shape))});

function batchNorm({training, eps}, x, gamma, beta, mean, variance) {
  ofRank(x.rank >= 2 && x.rank <= 4 && (training || x.rank !== 3), `${x.rank} of batch_norm`);
  const channels = x.shape[1], order = x.shape.map((_, i) => i).filter(i => i !== 1).concat(1);
  const channelsLast = tf.transpose(x, order), kept = weight(tf.scalar(0));
  const y = training
    ? Object.assign(tf.layers.batchNormalization({epsilon: eps}), scaleAndOffset([channels], gamma, beta),
                    {movingMean: kept, movingVariance: kept}).call(channelsLast, {training})
    : tf.batchNorm(channelsLast, mean, variance, beta, gamma, eps);
  return tf.transpose(y, order.map((_, i) => order.indexOf(i)));
}

function layerNorm({axis, eps}, x, gamma, beta) {
  ofRank(x.rank >= 2, `${x.rank} of layer_norm`);
  const axes = x.shape.map((_, i) => i).slice(normal(x, axis));
  const layer = tf.layers.layerNormalization({axis: axes, epsilon: eps});
  return Object.assign(layer, scaleAndOffset(x.shape.slice(axes[0]), gamma, beta)).call(x, {});
}

function localResponseNorm({size, alpha, beta, k}, x) {
  ofRank(x.rank === 4, `${x.rank} of local_response_norm`);
  only(size % 2 === 1, `size=${size}`);
  return first(tf.localResponseNormalization(last(x), (size - 1) / 2, k, alpha / size, beta));
}

// ---- losses

const REDUCTIONS = {none: tf.Reduction.NONE, mean: tf.Reduction.MEAN, sum: tf.Reduction.SUM};

function loss(f) {
  return ({reduction, ...more}, x, t) => f(t, x, REDUCTIONS[reduction], more);
}

function softmaxCrossEntropy({reduction, ignore_index, label_smoothing}, x, t, w) {
  only(ignore_index === undefined, `ignore_index=${ignore_index}`);
  only(w === undefined, 'class weights');
  ofRank(x.rank === 2, `${x.rank} of softmax_cross_entropy`);
  const targets = t.dtype === 'int32' ? tf.oneHot(t, x.shape[1]).cast('float32') : t;
  return tf.losses.softmaxCrossEntropy(targets, x, undefined, label_smoothing, REDUCTIONS[reduction]);
}

function bceWithLogits({reduction}, x, t, weight, positive) {
  only(positive === undefined, 'pos_weight');
  only(weight === undefined || reduction !== 'none', 'reduction=none with a weight');
  const y = tf.losses.sigmoidCrossEntropy(t, x, weight, 0, weight ? REDUCTIONS.sum : REDUCTIONS[reduction]);
  return weight && reduction === 'mean' ? y.div(x.size) : y;
}

// A recurrent cell of tf.layers with these weights; the sum of both biases is its bias.
function cellOf(make, options, wIn, wState, bIn, bState) {
  const cell = make({units: wState.shape[1], useBias: Boolean(bIn), recurrentActivation: 'sigmoid', ...options});
  return Object.assign(cell, {kernel: weight(tf.transpose(wIn)), recurrentKernel: weight(tf.transpose(wState)),
                              bias: bIn && weight(bState ? bIn.add(bState) : bIn)});
}

function rnnCell({nonlinearity}, x, h, ...weights) {
  return cellOf(tf.layers.simpleRNNCell, {activation: nonlinearity}, ...weights).call([x, h], {})[0];
}

// Layers over a sequence, x (T, N, C), each from what the one before it gives in both directions.
function recurrent(make, states) {
  return ({layers, bidirectional, nonlinearity = 'tanh'}, x, ...rest) => {
    const starts = rest[0].rank === 3 ? rest.slice(0, states) : [], weights = rest.slice(starts.length);
    const directions = bidirectional ? [0, 1] : [0], each = weights.length / layers / directions.length;
    const through = (x, run, backwards) => {
      const cell = cellOf(make, {activation: nonlinearity}, ...weights.slice(run * each, (run + 1) * each));
      const zero = tf.zeros([x.shape[1], cell.units]);
      const initialState = starts.length ? starts.map(start => start.gather(run)) : Array(states).fill(zero);
      const layer = tf.layers.rnn({cell, returnSequences: true, goBackwards: Boolean(backwards)});
      const y = tf.transpose(layer.call(tf.transpose(x, [1, 0, 2]), {initialState}), [1, 0, 2]);
      return backwards ? y.reverse(0) : y;
    };
    for (let layer = 0; layer < layers; layer++)
      x = tf.concat(directions.map(d => through(x, layer * directions.length + d, d)), 2);
    return x;
  };
}

function lstmCell({output}, x, h, c, wIn, wState, bIn, bState) {
  const order = w => { // gates i f g o become i g f o
    const [i, f, g, o] = tf.split(w, 4, 0);
    return tf.concat([i, g, f, o], 0);
  };
  const kernel = tf.concat([tf.transpose(order(wIn)), tf.transpose(order(wState))], 0);
  const bias = bIn ? order(bState ? bIn.add(bState) : bIn) : tf.zeros([kernel.shape[1]]);
  const [newC, newH] = tf.basicLSTMCell(tf.scalar(0), kernel, bias, x, c, h);
  return output === 'h' ? newH : newC;
}

const matMul = (a, b, transposed = false) => {
  ofRank(a.rank >= 2 && b.rank >= 2, `${a.rank} of matmul`);
  return tf.matMul(a, b, false, transposed);
};
const half = f => ({ties}, a, b) => {
  only(ties === 'half', `ties=${ties}`);
  return f(a, b);
};

// Those that only tf.layers has.
const activation = name => x => tf.layers.activation({activation: name}).call(x, {});

const OPS = {
  // arithmetic
  add: ignoring(tf.add), sub: ignoring(tf.sub), mul: ignoring(tf.mul), div: ignoring(tf.div), neg: ignoring(tf.neg),
  reciprocal: ignoring(tf.reciprocal), square: ignoring(tf.square), sqrt: ignoring(tf.sqrt), rsqrt: ignoring(tf.rsqrt),
  pow: ignoring(tf.pow), abs: ignoring(tf.abs), sign: ignoring(tf.sign), max: half(tf.maximum), min: half(tf.minimum),
  add_n: (_, ...x) => tf.addN(x),
  // elementary
  exp: ignoring(tf.exp), expm1: ignoring(tf.expm1), log: ignoring(tf.log), log1p: ignoring(tf.log1p),
  sin: ignoring(tf.sin), cos: ignoring(tf.cos), tan: ignoring(tf.tan), asin: ignoring(tf.asin), acos: ignoring(tf.acos),
  atan: ignoring(tf.atan), sinh: ignoring(tf.sinh), cosh: ignoring(tf.cosh), tanh: ignoring(tf.tanh),
  asinh: ignoring(tf.asinh), acosh: ignoring(tf.acosh), atanh: ignoring(tf.atanh), erf: ignoring(tf.erf),
  atan2: ignoring(tf.atan2),
  // choosing
  where: (_, condition, a, b) => tf.where(condition.cast('bool'), a, b),
  clamp: ({min = -Infinity, max = Infinity}, x) => tf.clipByValue(x, Number(min), Number(max)),
  // activations
  sigmoid: ignoring(tf.sigmoid), log_sigmoid: ignoring(tf.logSigmoid), relu: ignoring(tf.relu), relu6: ignoring(tf.relu6),
  leaky_relu: ({slope}, x) => tf.leakyRelu(x, slope), selu: ignoring(tf.selu),
  elu: ({alpha}, x) => {
    only(alpha === 1, `alpha=${alpha}`);
    return tf.elu(x);
  },
  gelu: ({approximate}, x) => activation(approximate === 'tanh' ? 'gelu_new' : 'gelu')(x),
  silu: ignoring(activation('swish')), mish: ignoring(activation('mish')), softsign: ignoring(activation('softsign')),
  prelu: (_, x, w) => tf.prelu(x, w.size === 1 ? w : w.reshape([w.size, ...x.shape.slice(2).map(() => 1)])),
  softplus: ({beta, threshold}, x) => {
    only(beta === 1 && threshold >= 20, `beta=${beta}, threshold=${threshold}`);
    return tf.softplus(x);
  },
  // reductions
  sum: over((x, axes, keepdims) => tf.sum(x, axes, keepdims)),
  mean: over((x, axes, keepdims) => tf.mean(x, axes, keepdims)),
  amax: extreme((x, axes, keepdims) => tf.max(x, axes, keepdims)),
  amin: extreme((x, axes, keepdims) => tf.min(x, axes, keepdims)),
  prod: over((x, axes, keepdims) => tf.prod(x, axes, keepdims)),
  var: over((x, axes, keepdims, {correction}) => {
    only(correction === 0, `correction=${correction}`);
    return tf.moments(x, axes, keepdims).variance;
  }),
  norm,
  cumsum: ({axis}, x) => tf.cumsum(x, normal(x, axis)),
  // shapes
  reshape, flatten, expand, squeeze, unsqueeze, slice, pad,
  transpose: ({axes}, x) => tf.transpose(x, axes && axes.map(axis => normal(x, axis))), concat: ({axis}, ...x) => tf.concat(x, axis),
  stack: ({axis}, ...x) => tf.stack(x, axis < 0 ? axis + x[0].rank + 1 : axis),
  split: ({sizes, index, axis}, x) => tf.split(x, sizes, axis)[index],
  flip: ({axes}, x) => tf.reverse(x, axes), tile: ({reps}, x) => {
    ofRank(reps.length <= x.rank, `${x.rank} of tile with ${reps.length} numbers`);
    return tf.tile(x, [...Array(x.rank - reps.length).fill(1), ...reps]);
  },
  tril: ({k}, x) => {
    only(k >= 0, `k=${k}`);
    return tf.linalg.bandPart(x, -1, Math.min(k, x.shape[x.rank - 1]));
  },
  triu: ({k}, x) => {
    only(k <= 0, `k=${k}`);
    return tf.linalg.bandPart(x, Math.min(-k, x.shape[x.rank - 2]), -1);
  },
  // indexing
  take, gather, index_put: indexPut,
  embedding: ({padding_idx}, w, index) => {
    only(padding_idx === undefined, `padding_idx=${padding_idx}`);
    return take({axis: 0}, w, index);
  },
  // linear
  matmul: (_, a, b) => matMul(a, b),
  affine: (_, x, w, b) => b ? matMul(x, w).add(b) : matMul(x, w),
  linear: (_, x, w, b) => b ? matMul(x, w, true).add(b) : matMul(x, w, true),
  dot: (_, a, b) => tf.dot(a, b),
  outer: (_, a, b) => {
    ofRank(a.rank === 1 && b.rank === 1, `${a.rank} and ${b.rank} of outer`);
    return tf.outerProduct(a, b);
  },
  // convolution
  conv1d, conv2d, conv_transpose2d: convTranspose2d, upsample,
  max_pool2d: pool((x, ...how) => tf.maxPool(x, ...how), false),
  avg_pool2d: pool((x, ...how) => tf.avgPool(x, ...how), true),
  max_pool1d: pool1d((x, ...how) => tf.maxPool(x, ...how), false),
  avg_pool1d: pool1d((x, ...how) => tf.avgPool(x, ...how), true),
  global_average_pool: (_, x) => tf.mean(x, x.shape.map((_, i) => i).slice(2), true),
  // softmax
  softmax: ({axis}, x) => tf.softmax(x, axis), log_softmax: ({axis}, x) => tf.logSoftmax(x, axis),
  logsumexp: ({axis, keepdims}, x) => tf.logSumExp(x, axis, keepdims),
  // normalization
  batch_norm: batchNorm, layer_norm: layerNorm, local_response_norm: localResponseNorm,
  // losses
  softmax_cross_entropy: softmaxCrossEntropy, bce_with_logits: bceWithLogits,
  mse_loss: loss((t, x, how) => tf.losses.meanSquaredError(t, x, undefined, how)),
  l1_loss: loss((t, x, how) => tf.losses.absoluteDifference(t, x, undefined, how)),
  huber_loss: loss((t, x, how, {delta}) => tf.losses.huberLoss(t, x, undefined, delta, how)),
  bce_loss: loss((t, x, how) => tf.losses.logLoss(t, x, undefined, 0, how)),
  binary_hinge_loss: loss((t, x, how, {margin}) => {
    only(margin === 1, `margin=${margin}`);
    return tf.losses.hingeLoss(t.add(1).div(2), x, undefined, how);
  }),
  l1_regularization: ({strength}, w) => w.abs().sum().mul(strength),
  l2_regularization: ({strength}, w) => w.square().sum().mul(strength / 2),
  // recurrent
  rnn_cell: rnnCell, lstm_cell: lstmCell, rnn: recurrent(tf.layers.simpleRNNCell, 1), lstm: recurrent(tf.layers.lstmCell, 2),
};

module.exports = {OPS, Unsupported};
