import Foundation
import Judging
import Support

/// What a process that is an instance writes down about its manager, as it happens: a SIGKILL takes nothing of it.
final class ManagerLog: Sendable {
    /// A line of it, as JSON.
    enum Entry: Sendable, Codable, Hashable {
        case asked(process: Int32, tasks: Int, managers: Int)
        case changed(ManagerRecord.Transition)
        /// The last, if the process ends as it should.
        case ended(ManagerRecord.Calls)
    }

    /// Of the names of such files.
    static let suffix = ".manager"

    private let file: Lock<FileHandle>

    /// Begins a new one.
    init(path: String) throws {
        try Data().write(to: URL(filePath: path))
        file = Lock(try FileHandle(forWritingTo: URL(filePath: path)))
    }

    func write(_ entry: Entry) {
        // Entries are plain values, which can be encoded. Where the disk is full the line is missing, and who reads
        // says so.
        guard let line = try? JSONEncoder().encode(entry) else { return }
        file.withLock { try? $0.write(contentsOf: line + Data("\n".utf8)) }
    }

    /// Reads what the processes of a cluster have written so far.
    /// - Parameter folder: where all of them have their files.
    /// - Throws: if a file cannot be read, or holds what no process writes.
    static func read(folder: String) throws -> [ManagerRecord.Process] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(suffix) }
            .compactMap { try read(Data(contentsOf: URL(filePath: "\(folder)/\($0)"))) }
    }

    /// - Returns: `nil` for a process that was killed before it had a manager.
    private static func read(_ data: Data) throws -> ManagerRecord.Process? {
        var record: ManagerRecord.Process?
        // What follows the last line's end was not written to its end.
        for line in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            switch try JSONDecoder().decode(Entry.self, from: line) {
            case .asked(let process, let tasks, let managers):
                record = ManagerRecord.Process(process: process, tasks: tasks, managers: managers)
            case .changed(let transition): record?.transitions.append(transition)
            case .ended(let calls): record?.calls = calls
            }
        }
        return record
    }
}
