import ArgumentParser
import History
import Scenarios

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List scenarios: what they are called, check and aim at.")

    @OptionGroup var files: ScenarioFiles

    func run() throws {
        for scenario in try files.load() {
            let variants = scenario.cluster?.variants().count ?? 1
            Console.output(scenario.name.printable + (variants > 1 ? "  (\(variants) variants)" : ""))
            Console.output("    file     \(scenario.file.printable)")
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
