// An engine for gradcheck out of any scalar type that differentiates itself by overloaded operators.
//
// The engine brings its scalar (gradcheck::scalar<T>, with a function value) and one function that
// differentiates a program, and hands both to gradcheck::serve; see adolc.cpp and ceres.cpp.
#pragma once
#include "interpreter/linear.h"
#include "interpreter/losses.h"
#include "interpreter/matrices.h"
#include "interpreter/pointwise.h"
#include "interpreter/resizing.h"
#include "interpreter/sequences.h"
#include <iostream>
#include <set>

namespace gradcheck
{

template <class T> const table<T> &operations()
{
    static const table<T> ops = [] {
        table<T> made;
        add_gates(made);
        add_elementary(made);
        add_activations(made);
        add_reductions(made);
        add_softmax(made);
        add_normalization(made);
        add_shapes(made);
        add_linear(made);
        add_matrices(made);
        add_resizing(made);
        add_sequences(made);
        add_losses(made);
        return made;
    }();
    return ops;
}

inline double number(const json &x)
{
    return x.is_string() ? std::stod(x.get<std::string>()) : x.get<double>();
}

inline json tensor_of(const integers &shape, const double *numbers)
{
    json data = json::array();
    for (long i = 0; i < product(shape); i++)
        if (std::isfinite(numbers[i]))
            data.push_back(numbers[i]);
        else
            data.push_back(std::isnan(numbers[i]) ? "nan" : numbers[i] > 0 ? "inf" : "-inf");
    return {{"shape", shape}, {"data", data}};
}

// What comes with a request: numbers, or labels, indices and masks.
struct input {
    integers shape, whole;
    std::vector<double> numbers;

    explicit input(const json &given) : shape(given["shape"].get<integers>())
    {
        const bool integral = given["dtype"] == "int64" || given["dtype"] == "bool";
        for (const json &element : given["data"])
            if (integral)
                whole.push_back(element.is_boolean() ? element.get<bool>() : element.get<long>());
            else
                numbers.push_back(number(element));
    }
};

// The graph of a request, a function of the numbers of its parameters one behind the other.
struct program {
    json request;
    std::map<std::string, input> inputs;
    std::set<std::string> wanted; // inner nodes

    explicit program(const json &given) : request(given)
    {
        for (const auto &[name, tensor] : request["inputs"].items())
            inputs.emplace(name, input(tensor));
        for (const json &name : request.value("want", json::array()))
            wanted.insert(name.get<std::string>());
    }
    std::vector<double> parameters() const
    {
        std::vector<double> x;
        for (const json &name : request["wrt"]) {
            const std::vector<double> &numbers = inputs.at(name).numbers;
            x.insert(x.end(), numbers.begin(), numbers.end());
        }
        return x;
    }
    std::vector<double> seed() const
    {
        std::vector<double> y;
        for (const json &element : request["seed"]["data"])
            y.push_back(number(element));
        return y;
    }
    // The output's numbers. watch(name, node) may change the numbers of an inner node whose gradient is wanted.
    template <class T, class F> std::vector<T> operator()(const std::vector<T> &x, F watch) const
    {
        std::map<std::string, tensor<T>> nodes = read_inputs<T>();
        size_t i = 0;
        for (const json &name : request["wrt"]) {
            nodes[name].constant = false;
            for (T &element : nodes[name].at)
                element = x[i++];
        }
        for (const json &node : request["graph"]) {
            const auto op = operations<T>().find(node["op"]);
            if (op == operations<T>().end())
                throw unsupported{"op", node["op"]};
            call<T> c{{}, node["attributes"]};
            for (const json &name : node["inputs"])
                c.arguments.push_back(&nodes[name]);
            tensor<T> y = op->second(c);
            y.constant = false;
            if (wanted.count(node["name"]))
                watch(node["name"].get<std::string>(), y);
            nodes[node["name"]] = std::move(y);
        }
        return nodes[request["output"]].at;
    }

  private:
    template <class T> std::map<std::string, tensor<T>> read_inputs() const
    {
        std::map<std::string, tensor<T>> nodes;
        for (const auto &[name, given] : inputs) {
            tensor<T> &x = nodes[name] = {given.shape, {}, given.whole, true};
            for (double element : given.numbers)
                x.at.push_back(T((real<T>)element));
        }
        return nodes;
    }
};

struct inner_node {
    std::string name;
    integers shape;
};

// The output's numbers; the gradient of <seed, output> by the parameters, and behind them by inner nodes, in
// the order of the graph.
struct derivatives {
    std::vector<double> value, grad;
    std::vector<inner_node> inner;
};

struct engine {
    std::string name, version;
    std::vector<std::string> dtypes, ops;
    std::function<derivatives(const program &, const std::vector<double> &x, const std::vector<double> &seed)>
        differentiate;
};

template <class T> std::vector<std::string> names()
{
    std::vector<std::string> all;
    for (const auto &[name, op] : operations<T>())
        all.push_back(name);
    return all;
}

inline json answer(const engine &e, const json &request)
{
    if (request["type"] == "hello")
        return {{"type", "hello"},
                {"protocol", 1},
                {"engine", {{"name", e.name}, {"version", e.version}}},
                {"dtypes", e.dtypes},
                {"ops", e.ops}};
    if (request["type"] != "grad")
        return {{"type", "unsupported"}, {"what", "type"}, {"name", request["type"]}};
    const program p{request};
    const derivatives g = e.differentiate(p, p.parameters(), p.seed());
    json grads = json::object();
    const double *next = g.grad.data();
    auto add = [&](const std::string &name, const integers &shape) {
        grads[name] = tensor_of(shape, next);
        next += product(shape);
    };
    for (const json &name : request["wrt"])
        add(name, p.inputs.at(name).shape);
    for (const inner_node &node : g.inner)
        add(node.name, node.shape);
    return {
        {"type", "result"}, {"value", tensor_of(request["seed"]["shape"], g.value.data())}, {"grads", grads}};
}

// Answers every line of standard input; the end of the program.
inline int serve(const engine &e)
{
    std::ios::sync_with_stdio(false);
    for (std::string line; std::getline(std::cin, line);) {
        const json request = json::parse(line);
        if (request["type"] == "bye")
            break;
        json message;
        try {
            message = answer(e, request);
        } catch (const unsupported &lacks) {
            message = {{"type", "unsupported"}, {"what", lacks.what}, {"name", lacks.name}};
        } catch (const std::exception &error) {
            message = {{"type", "error"}, {"message", error.what()}};
        }
        message["id"] = request.value("id", json());
        std::cout << message << std::endl;
    }
    return 0;
}

} // namespace gradcheck
