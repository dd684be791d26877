import ArgumentParser
import Foundation
import History
import Reporting

/// Files that a command writes for a user to change.
enum NewFiles {
    /// Writes them all, with the folders that they need, or none if one is there already.
    /// - Parameter over: whether files of the same name are replaced.
    /// - Throws: after saying why, an exit code: 64 for a file that is there, 70 for one that cannot be written.
    static func write(_ files: [(path: String, bytes: [UInt8])], over: Bool) throws {
        let present = files.map(\.path).filter { !over && FileManager.default.fileExists(atPath: $0) }
        guard present.isEmpty else {
            Console.error("found \(present.joined(separator: ", ")); expected a folder without these files".printable)
            throw ArgumentParser.ExitCode(Reporting.ExitCode.usage.rawValue)
        }
        for file in files {
            do {
                try makeFolder(URL(filePath: file.path).deletingLastPathComponent().path)
                try OutputFile(path: file.path).replace(with: String(decoding: file.bytes, as: UTF8.self))
            } catch {
                Console.error("coherence: cannot write \("\(error)".printable)")
                throw ArgumentParser.ExitCode(Reporting.ExitCode.internalError.rawValue)
            }
            if file.path.hasSuffix(".sh") { chmod(file.path, 0o755) }
        }
    }

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Makes a folder, with those that it lies in.
    private static func makeFolder(_ path: String) throws {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        let parent = URL(filePath: path).deletingLastPathComponent().path
        if parent != path { try makeFolder(parent) }
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw Failure(description: "\(path): \(String(cString: strerror(errno)))")
        }
    }
}
