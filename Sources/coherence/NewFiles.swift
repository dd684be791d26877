import ArgumentParser
import Foundation
import History
import Reporting

/// Files that a command writes for a user to change.
enum NewFiles {
    /// Refuses a folder without a name, which a variable that is not set leaves.
    /// - Throws: after saying so, the exit code 64.
    static func require(folder: String) throws {
        guard folder.isEmpty else { return }
        Console.error("found a folder without a name; expected one, such as . for this one")
        throw ArgumentParser.ExitCode(Reporting.ExitCode.usage.rawValue)
    }

    /// Whether something is at a path, be it a link that leads nowhere.
    static func isTaken(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Writes them all, with the folders that they need, or none if one is there already.
    /// - Throws: after saying why, an exit code: 64 for a file that is there, 70 for one that cannot be written.
    static func write(_ files: [(path: String, bytes: [UInt8])]) throws {
        let present = files.map(\.path).filter(isTaken)
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
