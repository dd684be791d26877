import ArgumentParser
import History
import Scenarios

/// Which of a scenario's variants a command is about.
struct VariantOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only this variant of a scenario that varies, as reports name it: layers=L1+L2.", valueName: "name"))
    var variant: String?

    /// The scenarios that have the variant, or all if none is named.
    /// - Throws: if none has it, with those that there are.
    func chosen(of scenarios: [DeclaredScenario]) throws -> [DeclaredScenario] {
        guard let variant else { return scenarios }
        let chosen = scenarios.filter { labels(of: $0).contains(variant) }
        guard chosen.isEmpty else { return chosen }
        let known = scenarios.flatMap(labels).filter { !$0.isEmpty }.map(\.printable)
        throw ValidationError(
            "--variant: found \"\(variant.printable)\"; expected "
                + (known.isEmpty ? "none, as nothing varies" : "one of " + known.joined(separator: "; ")))
    }

    /// The variants that are asked for, of scenarios of clusters.
    func variants(of scenarios: [DeclaredScenario]) -> [Scenario] {
        scenarios.compactMap(\.cluster).flatMap { $0.variants() }.filter { variant == nil || $0.label == variant }
            .map(\.scenario)
    }

    private func labels(of scenario: DeclaredScenario) -> [String] { scenario.cluster?.variants().map(\.label) ?? [] }
}
