import Foundation
import Testing

/// Reports as files. With `GOLDEN_RENEW=1` in the environment they are written instead of compared; the difference is
/// then reviewed as any other change.
enum Golden {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    /// Expects a report to be what the file of that name says.
    static func expect(_ report: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = folder.appending(path: name)
        let report = report.hasSuffix("\n") ? report : report + "\n"
        if ProcessInfo.processInfo.environment["GOLDEN_RENEW"] == "1" {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return try report.write(to: file, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        let difference = difference(from: golden, to: report)
        if !difference.isEmpty {
            Issue.record("\(name), where GOLDEN_RENEW=1 renews it:\n\(difference)", sourceLocation: sourceLocation)
        }
    }

    /// The lines that are only in one of two texts, each with its number there.
    static func difference(from old: String, to new: String) -> String {
        let (old, new) = [old, new].map { $0.split(separator: "\n", omittingEmptySubsequences: false) }.pair
        let changes = new.difference(from: old).map { change in
            switch change {
            case .remove(let offset, let line, _): (offset, "- \(offset + 1): \(line)")
            case .insert(let offset, let line, _): (offset, "+ \(offset + 1): \(line)")
            }
        }
        return changes.sorted { $0 < $1 }.map(\.1).joined(separator: "\n")
    }
}

extension Array {
    fileprivate var pair: (Element, Element) { (self[0], self[1]) }
}
