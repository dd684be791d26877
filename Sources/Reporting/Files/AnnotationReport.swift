import Foundation
import History
import Judging

extension ReportFormat {
    /// A line for each scenario that did not pass, which GitHub shows at the scenario's file.
    public static let github = ReportFormat(name: "github", meaning: "annotations of a GitHub workflow") { content in
        AnnotationReport(content).text
    }
}

/// Commands of a GitHub workflow that annotate files.
///
/// A workflow obeys them in what a step prints. Text from outside is escaped, and can begin no command of its own.
struct AnnotationReport {
    let text: String

    /// - Parameter folder: where the command runs; files in it are named from there.
    init(_ content: ReportContent, folder: String = FileManager.default.currentDirectoryPath) {
        let lines = ReportCase.all(of: content).compactMap { one -> String? in
            let isWarning = one.verdict == nil
            if one.verdict == .pass || (isWarning && !one.isInterrupted) { return nil }
            let verdict = one.verdict?.rawValue ?? "not run"
            let message = one.reason + (one.reproduce.map { "\nreproduce: \($0)" } ?? "")
            let properties = [
                ("file", Self.relative(one.file, to: folder)), ("line", "\(one.line)"),
                ("title", "\(verdict): \(one.title)"),
            ].map { "\($0)=\(Self.property($1))" }
            return "::\(isWarning ? "warning" : "error") \(properties.joined(separator: ","))::\(Self.data(message))"
        }
        text = lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }

    private static func relative(_ file: String, to folder: String) -> String {
        let path = URL(filePath: file, relativeTo: URL(filePath: folder, directoryHint: .isDirectory))
            .standardizedFileURL
            .path
        return path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : file
    }

    /// As the runner of a workflow reads it back.
    private static func data(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private static func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
