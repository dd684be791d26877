import ArgumentParser
import Foundation
import Reporting

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show in a few seconds what a proof looks like: a pass, a bug, its story, its replay.",
        discussion: """
            Runs three commands in virtual time, without a Redis, on the reference cache. Writes a scenario and a failure into \
            a folder, which the last lines name.
            """)

    @Argument(help: "The folder to write to.", completion: .directory)
    var folder = "coherence-demo"

    /// A command of the demonstration.
    struct Step {
        let words: String
        let arguments: [String]
        let expected: Reporting.ExitCode
    }

    func run() async throws {
        let scenario = "\(folder)/permissions.yaml"
        let failure = "\(folder)/failure.json"
        try NewFiles.require(folder: folder)
        // What an earlier demonstration has left may be replaced; anything else may not.
        let isAgain = FileManager.default.contents(atPath: scenario) == Data(PackageResources.demo_yaml)
        if !isAgain { try NewFiles.write([(scenario, PackageResources.demo_yaml), (failure, [])]) }
        let steps = [
            Step(
                words: """
                    Somebody changes permissions while three copies of a service keep reading
                       them. Is the old answer gone from every layer of every copy? The file declares
                       it; here it is tried in 200 different orders of what happens.
                    """,
                arguments: ["explore", scenario, "--schedules", "200", "--seed", "1"], expected: .pass),
            Step(
                words: """
                    The same cache with the most common bug of all: what was loaded before a
                       write is kept after it. It takes a reader and a writer at the wrong moment.
                       The story is at "step by step".
                    """,
                arguments: [
                    "explore", scenario, "--seed", "1", "--defect", "stale-fill", "--save", failure,
                ], expected: .violation),
            Step(
                words: "What was found is kept, and happens again exactly, step by step.",
                arguments: ["replay", failure], expected: .violation),
        ]
        for (index, step) in steps.enumerated() {
            let call = step.arguments.map(Self.word).joined(separator: " ")
            Console.output("\(index + 1). \(step.words)\n\n$ coherence \(call)")
            let code = await Coherence.code(for: step.arguments)
            guard code == step.expected.rawValue else {
                // A reader that has gone, or a search that was interrupted, is no failure of the demonstration.
                throw ArgumentParser.ExitCode(code == 0 ? Reporting.ExitCode.internalError.rawValue : code)
            }
            Console.output("")
        }
        Console.output(
            """
            The cache without the bug passed, and the one with it was refuted by two operations. Next:
              coherence run \(scenario)     (the same on a real Redis and real disks)
              coherence init                     (a scenario of your own)
              coherence init --adapter python    (your own cache, in any language)
            Written: \(scenario) and \(failure). To remove them:
              rm \(Self.word(scenario)) \(Self.word(failure))
            """)
    }

    /// A word of a call, in quotes where a shell needs them.
    private static func word(_ text: String) -> String {
        text.wholeMatch(of: /[A-Za-z0-9_.\/:=-]+/) == nil ? ShellWord.quoted(text) : text
    }
}
