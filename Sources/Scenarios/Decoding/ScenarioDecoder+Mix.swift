extension ScenarioDecoder {
    static let shareWords = ["read", "write", "delete", "invalidate", "invalidate-tag"]

    /// `nil` if it cannot be known which operations are mixed.
    func decodeMix(_ worded: WordedElement) -> (Phase.Action, name: Value?)? {
        let fields = worded.fields(
            known: ["name", "data", "operations", "pace"] + Self.shareWords + ["distribution", "skew"],
            expected: "{ data: …, operations: 500 per worker, read: 90 %, write: 10 % }")
        guard let fields else { return nil }
        let data = dataNames(fields.required("data", "the name of a data set, a list of names, or everything"))
        let operations = fields.required("operations", "how many, such as 500 per worker")?
            .count("per worker", in: 1...10_000_000)
        let pace = fields["pace"]?.rate()
        guard let shares = decodeShares(fields, data: data, place: worded.key) else { return nil }
        let mix = Mix(
            data: data, operationsPerWorker: operations ?? 1, pace: pace, shares: shares,
            distribution: decodeDistribution(fields))
        return (.mix(mix), fields["name"])
    }

    private func decodeShares(_ fields: Fields, data: [String], place: Value) -> Mix.Shares? {
        var percentages: [String: Double] = [:]
        var isComplete = true
        for word in Self.shareWords {
            guard let value = fields[word] else { continue }
            if let percent = value.percent() { percentages[word] = percent } else { isComplete = false }
        }
        guard isComplete else { return nil }
        let sum = percentages.values.reduce(0, +)
        if abs(sum - 100) > 1e-9 {
            place.context.report(
                at: place.position, fields.value.subject,
                found: "shares that add up to \(Quantity(sum, .percent))", expected: "100 %")
            // Nothing can be said about what such a mix does.
            if sum == 0 { return nil }
        }
        if percentages["invalidate-tag", default: 0] > 0, let value = fields["invalidate-tag"] {
            let untagged = data.compactMap(scenario.dataSet(named:)).filter(\.tags.isEmpty)
            if !untagged.isEmpty, untagged.count == data.count {
                value.report(
                    found: "invalidations of tags, though \(untagged.map(\.name).joined(separator: " and ")) has none",
                    expected: "a data set with tags")
            }
        }
        func fraction(_ word: String) -> Double { percentages[word, default: 0] / 100 }
        return Mix.Shares(
            read: fraction("read"), write: fraction("write"), delete: fraction("delete"),
            invalidate: fraction("invalidate"), invalidateTag: fraction("invalidate-tag"))
    }

    private func decodeDistribution(_ fields: Fields) -> Mix.Distribution {
        let isZipf = fields["distribution"]?.word(of: ["uniform", "zipf"]) == "zipf"
        guard let value = fields["skew"] else { return isZipf ? .zipf(skew: 1) : .uniform }
        let skew = value.number(in: 0.01...10, expected: "a number from 0.01 to 10, such as 1.1")
        if !isZipf, fields["distribution"].map({ $0.textIfAny == "uniform" }) ?? true {
            context.report(
                at: fields.keyPosition("skew"), value.subject, found: "a skew without distribution: zipf",
                expected: "distribution: zipf, or no skew")
        }
        return .zipf(skew: skew ?? 1)
    }
}
