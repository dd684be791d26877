import Checking
import History

enum NaiveSessions {
    /// "Of the reads, writes and deletes (outcome `ok`) of a key by one worker, where *a* precedes *b*: a read *b*
    /// returns no less than *a* wrote and than *a* read; a write *b* has a higher version than *a* wrote and than *a*
    /// read."
    /// - Parameter takesLinesInOrder: a fault: an operation precedes only what stands below it.
    static func sessions(_ history: History, takesLinesInOrder: Bool = false) -> NaiveRuling {
        var ruling = NaiveRuling()
        for (reads, writes, names) in history.registers {
            guard names.areVersions else {
                ruling.isDoubtful = true
                continue
            }
            let tombstones = writes.filter(\.isTombstoneWrite)
            let operations = (reads + writes).filter { $0.outcome == .ok && $0.worker != -1 }
            func earlier(than later: Operation) -> [Operation] {
                operations.filter {
                    $0.worker == later.worker && $0.precedes(later)
                        && (!takesLinesInOrder || ($0.start, $0.id) < (later.start, later.id))
                }
            }
            /// The version that an operation wrote, read or stands for; `nil` for an absent read that nothing explains.
            func version(_ operation: Operation) -> Int64? {
                guard operation.isAbsentRead else { return operation.version }
                let highest = earlier(than: operation).compactMap(version).max() ?? 0
                if highest == 0 { return 0 }
                return tombstones.filter { $0.version >= highest && !operation.precedes($0) }.map(\.version).min()
            }
            for later in operations {
                let before = earlier(than: later)
                // "What a session does first is not examined." An absent read that stands for 0 says nothing.
                let known = before.filter { !$0.isAbsentRead || version($0) != 0 }
                let highest = before.compactMap(version).max() ?? 0
                if known.isEmpty || later.isAbsentRead && highest == 0 { continue }
                let isKept =
                    later.isAbsentRead
                    ? version(later) != nil
                    : later.kind == .read ? later.version >= highest : later.version > highest
                ruling.examine(isBroken: !isKept)
            }
        }
        return ruling
    }
}
