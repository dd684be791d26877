import ArgumentParser
import Foundation
import History
import Scenarios

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List scenarios: what they are called, check and aim at.")

    @OptionGroup var files: ScenarioFiles

    @Option(help: "What to print on standard output: text or json.")
    var format: Run.Format = .text

    func run() throws {
        let scenarios = try files.load()
        if format == .json { return Console.output(document: try ListedScenario.document(scenarios)) }
        for scenario in scenarios {
            let variants = scenario.cluster?.variants().count ?? 1
            Console.output(scenario.name.printable + (variants > 1 ? "  (\(variants) variants)" : ""))
            Console.output("    file     \(scenario.file.printable)")
            if !scenario.labels.isEmpty { Console.output("    labels   \(scenario.labels.joined(separator: ", "))") }
            Console.output("    worlds   \(scenario.worlds.map(\.rawValue).joined(separator: ", "))")
            switch scenario {
            case .cluster(let cluster):
                Console.output("    checks   \(cluster.checks.map(\.word).joined(separator: ", "))")
            case .bridge(let declared): Console.output("    bridge   \(declared.bridge.summary.printable)")
            }
            let targets = scenario.targets.map(\.title).joined(separator: ", ")
            if !targets.isEmpty { Console.output("    targets  \(targets.printable)") }
        }
    }
}

/// A scenario in the document of `list`.
private struct ListedScenario: Encodable {
    let name: String
    let file: String
    let describe: String?
    let labels: [String]
    let worlds: [String]
    /// As `--variant` takes them; empty if nothing varies.
    let variants: [String]
    let checks: [String]
    let targets: [String]
    let runOnlyWhenNamed: Bool
    /// The command of the cache under test; absent for the reference cache.
    let subject: String?
    /// Of an event bridge: who takes part.
    let bridge: String?

    init(_ scenario: DeclaredScenario) {
        name = scenario.name
        file = scenario.file
        describe = scenario.description
        labels = scenario.labels
        worlds = scenario.worlds.map(\.rawValue)
        variants = (scenario.cluster?.variants().map(\.label) ?? []).filter { !$0.isEmpty }
        checks = scenario.cluster?.checks.map(\.word) ?? []
        targets = scenario.targets.map(\.title)
        runOnlyWhenNamed = scenario.isRunOnlyWhenNamed
        subject = scenario.cluster?.subject?.command
        bridge = if case .bridge(let declared) = scenario { declared.bridge.summary } else { nil }
    }

    /// Fields are added, never renamed.
    static func document(_ scenarios: [DeclaredScenario]) throws -> String {
        struct Document: Encodable {
            var schema = 1
            let version: String
            let scenarios: [ListedScenario]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = Document(version: Coherence.version, scenarios: scenarios.map(ListedScenario.init))
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}
