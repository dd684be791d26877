import History
import Support
import Yams

extension ScenarioDecoder {
    mutating func decodeVariation(_ value: Value?) {
        let words = ["layers", "keys", "instances", "workers", "invalidation"]
        guard let value, let fields = Fields(value, known: words) else { return }
        var variation = Variation()
        if let layers = fields["layers"] { variation.layers = decodeLayerSets(layers) }
        variation.keys = counts(fields["keys"], upTo: context.limits.keys)
        variation.instances = counts(fields["instances"], upTo: 256)
        variation.workers = counts(fields["workers"], upTo: 1024)
        if let list = fields["invalidation"]?.list(of: "invalidations: acknowledged, announced") {
            let choices = uniqueTexts(list) { $0.word(of: InvalidationMode.allCases.map(\.rawValue)) }
            variation.invalidation = choices.compactMap(InvalidationMode.init(rawValue:))
        }
        if let fewest = variation.instances?.min(), let place = fields["instances"], fewest < scenario.cluster.hosts {
            place.report(
                found: "a variant with \(plural(fewest, "instance")) on \(plural(scenario.cluster.hosts, "host"))",
                expected: "at least one instance for each host")
        }
        if variation.count > Self.mostVariants {
            value.report(found: "\(variation.count) variants", expected: "at most \(Self.mostVariants)")
        }
        if !words.contains(where: { fields[$0] != nil }) {
            value.reject(expected: "something that varies: \(Value.choice(words))")
        }
        scenario.variation = variation
    }

    private func counts(_ value: Value?, upTo most: Int) -> [Int]? {
        guard let list = value?.list(of: "whole numbers, such as [50, 200]") else { return nil }
        let texts = uniqueTexts(list) { $0.count(in: 1...most).map(String.init) }
        return texts.isEmpty ? nil : texts.compactMap { Int($0) }
    }

    private func decodeLayerSets(_ value: Value) -> [[Layer]]? {
        let declared = scenario.cluster.layers.map(\.layer)
        if value.textIfAny == "every combination" { return Variation.everyCombination(of: declared) }
        let expected = "every combination, or a list of lists such as [[L1, L2], [redis]]"
        guard case .sequence(let sequence) = value.node, !sequence.isEmpty else {
            let suggestion = value.textIfAny.flatMap { NearestWord.suggestion(for: $0, among: ["every combination"]) }
            value.reject(expected: expected, suggestion: suggestion)
            return nil
        }
        var sets: [[Layer]] = []
        for node in sequence {
            let element = Value(node: node, subject: value.subject, context: context)
            guard let words = element.list(of: "layers, such as [L1, L2]") else { continue }
            let names = uniqueTexts(words) { $0.word(of: declared.map(\.name)) }
            let layers = names.compactMap(Layer.init(name:))
            if layers != layers.sorted() {
                element.report(
                    found: layers.map(\.name).joined(separator: ", "), expected: "innermost first: L1, L2, L3, redis")
            }
            if sets.contains(layers) {
                element.report(
                    found: "\(layers.map(\.name).joined(separator: "+")) for the second time",
                    expected: "each only once")
            } else if !layers.isEmpty {
                sets.append(layers)
            }
        }
        return sets.isEmpty ? nil : sets
    }
}
