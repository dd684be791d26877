import ArgumentParser
import Foundation
import History
import Reporting

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a first scenario, a table of targets and a script for CI; and an adapter for your own cache.",
        discussion: """
            What is written runs at once. Without --adapter the scenario is one of the reference cache; with it, of a small \
            cache in that language, in whose place you put yours. No file that exists is replaced.
            """)

    /// A language that adapters can be written in with a runtime of one file.
    enum Adapter: String, CaseIterable, ExpressibleByArgument {
        case python, go, node

        /// What starts it, in its folder.
        var command: String {
            switch self {
            case .python: "python3 adapter.py"
            case .go: "go run adapter.go coherence_adapter.go"
            case .node: "node adapter.js"
            }
        }

        /// By name: what the user changes, and the runtime.
        var files: [(name: String, bytes: [UInt8])] {
            switch self {
            case .python:
                [
                    ("adapter.py", PackageResources.adapter_py),
                    ("coherence_adapter.py", PackageResources.coherence_adapter_py),
                ]
            case .go:
                [
                    ("adapter.go", PackageResources.adapter_go),
                    ("coherence_adapter.go", PackageResources.coherence_adapter_go),
                ]
            case .node:
                [
                    ("adapter.js", PackageResources.adapter_js),
                    ("coherence-adapter.js", PackageResources.coherence_adapter_js),
                ]
            }
        }
    }

    @Argument(help: "The folder to write to, which need not exist.", completion: .directory)
    var name = "coherence"

    @Option(help: "Also an adapter for your own cache, in this language: python, go or node.")
    var adapter: Adapter?

    func run() throws {
        try NewFiles.require(folder: name)
        let template = adapter == nil ? PackageResources.scenario_yaml : PackageResources.subject_scenario_yaml
        let scenario = String(decoding: template, as: UTF8.self)
            .replacing("FOLDER", with: ShellWord.quoted(name)).replacing("COMMAND", with: adapter?.command ?? "")
        var files: [(name: String, bytes: [UInt8])] = [
            ("scenario.yaml", Array(scenario.utf8)), ("Fixtures/Targets/first.yaml", PackageResources.targets_yaml),
            ("ci.sh", PackageResources.ci_sh),
        ]
        files += adapter?.files ?? []
        try NewFiles.write(files.map { ("\(name)/\($0.name)", $0.bytes) })
        let folder = ShellWord.quoted(name)
        var lines = ["Written:"] + files.map { "  \(name)/\($0.name)".printable } + ["Next:"]
        if let adapter {
            lines += [
                "  cd \(folder)", "  coherence subject check '\(adapter.command)'", "  coherence run .",
                "Then put your own cache into \(adapter.files[0].name).",
            ]
        } else {
            lines += ["  coherence run \(folder)", "  coherence explore \(folder)"]
        }
        Console.output(lines.joined(separator: "\n"))
    }
}
