/// Writes the text format of Prometheus, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/
struct ExpositionPage {
    private(set) var text = ""

    mutating func add(_ name: String, _ family: Family, help: String?) {
        if let help {
            text += "# HELP \(name) \(help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n"))\n"
        }
        text += "# TYPE \(name) \(family.kind.rawValue)\n"
        for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
            let values = series.values
            guard family.kind == .histogram else {
                line(name, labels.pairs, values.number)
                continue
            }
            var cumulated: Int64 = 0
            for (bound, count) in zip(series.buckets, values.inBuckets) {
                cumulated += count
                line(name + "_bucket", labels.pairs + [bucket(Self.number(bound))], Double(cumulated))
            }
            line(name + "_bucket", labels.pairs + [bucket("+Inf")], Double(values.count))
            line(name + "_sum", labels.pairs, values.number)
            line(name + "_count", labels.pairs, Double(values.count))
        }
    }

    private func bucket(_ bound: String) -> LabelSet.Pair { LabelSet.Pair(name: "le", value: bound) }

    private mutating func line(_ name: String, _ labels: [LabelSet.Pair], _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{\(labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ","))}"
        }
        text += " \(Self.number(value))\n"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? "\(value)"
    }
}
