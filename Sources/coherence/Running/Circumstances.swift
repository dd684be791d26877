import Foundation
import History
import Reporting

/// Looks at when, where and of what a report is made.
enum Circumstances {
    static func look() -> ReportCircumstances {
        let folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path
        return ReportCircumstances(
            start: Date(), machine: .current, revision: revision(of: FileManager.default.currentDirectoryPath),
            commandRevision: folder.flatMap(revision))
    }

    /// The commit of the repository that a folder is part of; `nil` without one, or without Git.
    ///
    /// Git is given two seconds. A report is worth more than its revision.
    private static func revision(of folder: String) -> String? {
        guard let commit = git(["rev-parse", "HEAD"], in: folder),
            commit.count <= 64, commit.allSatisfy(\.isHexDigit)
        else { return nil }
        let changes = git(["status", "--porcelain", "--untracked-files=no"], in: folder)
        return commit + (changes == "" ? "" : "-dirty")
    }

    private static func git(_ words: [String], in folder: String) -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git", "-C", folder, "--no-optional-locks"] + words
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        guard (try? process.run()) != nil else { return nil }
        let isInTime = ended.wait(timeout: .now() + 2) == .success
        if !isInTime { process.terminate() }
        guard isInTime, process.terminationStatus == 0 else { return nil }
        let bytes = output.fileHandleForReading.availableData
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
