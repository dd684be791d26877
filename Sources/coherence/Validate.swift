import ArgumentParser
import History
import Scenarios

struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read scenarios and say everything that is wrong with them, without running any.",
        discussion: "The path - is standard input.")

    @OptionGroup var files: ScenarioFiles

    func run() throws {
        let scenarios = try files.orStandardInput.load()
        for scenario in scenarios {
            let variants = scenario.cluster?.variants().count ?? 1
            Console.output("\(scenario.file.printable): valid" + (variants > 1 ? ", \(variants) variants" : ""))
        }
    }
}
