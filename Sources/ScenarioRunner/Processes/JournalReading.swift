import Foundation
import History
import Judging

import struct History.Operation

/// Takes what a process recorded over into the recorder of the run.
struct JournalReading {
    let path: String

    /// - Returns: what was under way when the process ended, in words.
    /// - Throws: what is wrong with the file.
    func take(into recorder: Recorder, _ ledger: InvalidationLedger) throws -> [String] {
        // A process that ended before it could write anything recorded nothing.
        guard try keepWholeLines() else { return [] }
        let history = try History(contentsOf: path)
        var logs: [Int32: WorkerLog] = [:]
        var open: [Int32: Operation] = [:]
        for operation in history.operations {
            let log =
                logs[operation.worker]
                ?? recorder.makeLog(
                    instance: operation.instance, worker: operation.worker)
            logs[operation.worker] = log
            if operation.isBegun {
                open[operation.worker] = operation
            } else {
                if operation.isOfClient { open[operation.worker] = nil }
                take(operation, of: history, into: log, ledger)
            }
        }
        return open.sorted { $0.key < $1.key }.map { worker, operation in
            take(operation, of: history, into: logs[worker]!, ledger)
            let name = history.keyName(of: operation) ?? history.tags(of: operation).joined(separator: ", ")
            return "\(operation.kind) of \(name) by worker \(worker)"
        }
    }

    private func take(
        _ operation: Operation, of history: History, into log: WorkerLog, _ ledger: InvalidationLedger
    ) {
        var taken = operation
        if let key = history.keyName(of: operation) { taken.key = log.number(ofKey: key) }
        taken.tagSet = log.number(ofTags: history.tags(of: operation))
        // What a client did has the logical time of its invalidation for a cause, and so have its applications.
        if operation.isOfClient { taken.cause = 0 }
        let id = log.record(taken)
        if operation.isOfClient, operation.cause != 0 { ledger.note(time: operation.cause, operation: id) }
    }

    /// A process that is killed while it writes leaves a last line that is not whole.
    /// - Returns: whether there is any that is.
    private func keepWholeLines() throws -> Bool {
        guard let file = FileHandle(forUpdatingAtPath: path) else { return false }
        defer { try? file.close() }
        let data = try file.readToEnd() ?? Data()
        guard let newline = data.lastIndex(of: UInt8(ascii: "\n")) else { return false }
        try file.truncate(atOffset: UInt64(data.distance(from: data.startIndex, to: newline) + 1))
        return true
    }
}

extension Operation {
    /// What a journal says of an operation that has begun.
    fileprivate var isBegun: Bool { outcome == .unknown && end == Operation.never }
}
