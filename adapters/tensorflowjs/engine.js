#!/usr/bin/env node
// TensorFlow.js as an engine: reads requests from standard input, answers each with its value and gradients.
//
//   gradcheck run --engine 'node adapters/tensorflowjs/engine.js' cases/
'use strict';
console.warn = () => {}; // TensorFlow.js greets and advises
const readline = require('readline');
const tf = require('@tensorflow/tfjs');
const {OPS, Unsupported} = require('./ops.js');

const DTYPES = {float32: 'float32', int64: 'int32', bool: 'bool'};
// What TensorFlow.js says where it lacks a gradient, an attribute or a rank.
const LACKS = /gradient function not found|not yet supported|is not defined\. Pass|must be 1\. Got/;

function hello() {
  return {type: 'hello', protocol: 1, engine: {name: 'tensorflowjs', version: tf.version.tfjs}, dtypes: ['float32'],
          ops: Object.keys(OPS)};
}

// Strings such as "nan" and "inf" stand for what JSON has no numbers for.
function number(x) {
  return typeof x === 'string' ? Number(x.replace('inf', 'Infinity').replace('nan', 'NaN')) : Number(x);
}

function readTensor(given, dtype) {
  return tf.tensor(given.data.map(number), given.shape, DTYPES[given.dtype || dtype]);
}

function writeTensor(x) {
  const data = Array.from(x.dataSync(), y => Number.isFinite(y) ? y : Number.isNaN(y) ? 'nan' : y > 0 ? 'inf' : '-inf');
  return {shape: x.shape, data};
}

// The output. `added`: tensors that are added to the nodes of these names; `shapes` takes every node's shape.
function forward(request, inputs, added = {}, shapes = {}) {
  const nodes = {...inputs};
  for (const node of request.graph) {
    if (!Object.hasOwn(OPS, node.op))
      throw new Unsupported('op', node.op);
    const x = node.inputs.map(name => nodes[name]);
    if (x.some(tensor => tensor.rank > 4))
      throw new Unsupported('rank', 'above 4');
    nodes[node.name] = OPS[node.op](node.attributes, ...x);
    shapes[node.name] = nodes[node.name].shape;
    if (added[node.name])
      nodes[node.name] = nodes[node.name].add(added[node.name]);
  }
  return nodes[request.output];
}

// The gradients of inner nodes are those of zeros added to them. Welcome, and left out where that fails.
function inner(request, inputs, shapes, seed) {
  try {
    const names = (request.want || []).filter(name => shapes[name]), zeros = names.map(name => tf.zeros(shapes[name]));
    const added = Object.fromEntries(names.map((name, i) => [name, zeros[i]]));
    const found = names.length ? tf.engine().gradients(() => forward(request, inputs, added), zeros, seed, true).grads : [];
    return names.map((name, i) => [name, found[i] ? writeTensor(found[i]) : null]);
  } catch {
    return [];
  }
}

function grad(request) {
  const inputs = {};
  for (const [name, given] of Object.entries(request.inputs))
    inputs[name] = readTensor(given, request.dtype);
  const parameters = request.wrt.map(name => inputs[name]);
  const seed = readTensor(request.seed, request.dtype);
  if (request.wrt.includes(request.output)) // the gradient of an input by itself
    return {type: 'result', value: writeTensor(inputs[request.output]), grads: Object.fromEntries(
      request.wrt.map(name => [name, name === request.output ? writeTensor(seed) : null]))};
  // Through the engine, as tf.grads refuses outputs that depend on no parameter.
  const shapes = {};
  const found = tf.engine().gradients(() => forward(request, inputs, {}, shapes), parameters, seed, true);
  const grads = request.wrt.map((name, i) => [name, found.grads[i] ? writeTensor(found.grads[i]) : null]);
  grads.push(...inner(request, inputs, shapes, seed));
  return {type: 'result', value: writeTensor(found.value), grads: Object.fromEntries(grads)};
}

function answer(request) {
  if (request.type === 'hello')
    return hello();
  if (request.type !== 'grad')
    return {type: 'unsupported', what: 'type', name: request.type};
  try {
    return tf.tidy(() => ({answer: grad(request)})).answer;
  } catch (error) {
    if (error instanceof Unsupported)
      return {type: 'unsupported', what: error.what, name: error.message};
    if (LACKS.test(error.message))
      return {type: 'unsupported', what: 'attribute', name: error.message.split('\n')[0]};
    return {type: 'error', message: `${error.name}: ${error.message}`};
  }
}

async function main() {
  await tf.setBackend('cpu');
  for await (const line of readline.createInterface({input: process.stdin})) {
    const request = JSON.parse(line);
    if (request.type === 'bye')
      break;
    process.stdout.write(JSON.stringify({...answer(request), id: request.id}) + '\n');
  }
}

main();
