import ArgumentParser
import CacheHierarchy
import Foundation
import History
import Reporting
import Scenarios
import Support

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say in words what a scenario does, what a check asks, what a metric measures, what a defect is.")

    @Argument(help: "A scenario's file, or the name of a check, a metric or a defect.", completion: .file())
    var subject: String

    func run() throws {
        guard let text = Self.ofWord(subject) else {
            guard FileManager.default.fileExists(atPath: subject) else { throw Self.unknown(subject) }
            return Console.output(report: try Self.ofFile(subject).joined(separator: "\n"))
        }
        Console.output(report: text.joined(separator: "\n"))
    }

    /// All names that can be explained.
    static var words: [String] {
        CheckDeclaration.allWords + Metric.catalogue.map(\.name) + Defect.allCases.map(\.rawValue)
    }

    private static func unknown(_ word: String) -> any Error {
        let question = NearestWord.suggestion(for: word, among: words).map { "; did you mean \($0)?" } ?? ""
        return ValidationError(
            "found \"\(word)\"; expected a scenario's file, or the name of a check, a metric or a defect\(question)"
                .printable)
    }

    /// `nil` if it is none of the names. A word may be that of several things.
    static func ofWord(_ word: String) -> [String]? {
        var lines: [String] = []
        if let question = CheckDeclaration.question(of: word) { lines.append("check \(word): \(question)") }
        if let metric = Metric.named(word) {
            let narrowed = metric.labels.map(\.rawValue).joined(separator: ", ")
            lines.append("metric \(word): \(metric.meaning)")
            lines.append("  statistics: \(metric.statistics.map(\.rawValue).joined(separator: ", "))")
            if !narrowed.isEmpty { lines.append("  narrowed by: \(narrowed)") }
        }
        if let defect = Defect(rawValue: word) { lines.append("defect \(word): \(defect.explanation)") }
        return lines.isEmpty ? nil : lines
    }

    /// - Throws: after printing the mistakes of the file, the exit code 64.
    private static func ofFile(_ path: String) throws -> [String] {
        try ScenarioFiles.file(path).load().flatMap { scenario in
            var lines = [scenario.name.printable]
            if let description = scenario.description { lines.append("  \(oneLine(description))") }
            switch scenario {
            case .cluster(let cluster): lines += ofCluster(cluster)
            case .bridge(let declared): lines.append("bridge: \(declared.bridge.summary.printable)")
            }
            if !scenario.targets.isEmpty { lines.append("how fast:") }
            lines += scenario.targets.map { target in
                "  \(target.title.printable): \(Metric.named(target.metric)?.meaning ?? target.metric)"
            }
            return lines
        }
    }

    private static func ofCluster(_ scenario: Scenario) -> [String] {
        let cluster = scenario.cluster
        let layers = cluster.layers.map(\.layer.name).joined(separator: ", ")
        let promise =
            switch cluster.invalidation {
            case .acknowledged: "a write returns when every live instance has dropped the old value"
            case .announced: "a write returns when its own instance has dropped the old value; the others are told"
            }
        let variants = scenario.variants().count
        let worlds = scenario.worlds.map(\.rawValue).joined(separator: ", ")
        var lines = [
            "cluster: \(Figures.count(cluster.instances, "instance")) on \(Figures.count(cluster.hosts, "host")), "
                + "\(Figures.count(cluster.workers, "worker")) each, layers \(layers); \(promise)",
            "worlds: \(worlds)"
                + (scenario.notSimulatedBecause.map { "; not simulated, because \(oneLine($0))" } ?? ""),
        ]
        if variants > 1 { lines.append("variants: \(Figures.count(variants))") }
        if let subject = scenario.subject { lines.append("cache under test: \(subject.command.printable)") }
        lines += scenario.data.map { "data: \($0.name.printable), \(Figures.count($0.keys, "key"))" }
        lines.append("phases: \(scenario.phases.map(\.name.printable).joined(separator: ", then "))")
        lines += scenario.faults.map { "fault: \("\($0)".printable)" }
        if !scenario.checks.isEmpty { lines.append("what must hold:") }
        lines += scenario.checks.map { "  \($0.word): \(CheckDeclaration.question(of: $0.word) ?? "")" }
        return lines
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ").printable
    }
}
