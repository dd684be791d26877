import History

/// One key with versions while its history goes by: what its next operations are judged by.
///
/// Kept are the operation of the highest version that has ended, and such a write; the writes of that version and
/// higher ones; and a read of each version that no write explains yet. A read of a lower version than has ended is a
/// violation whichever operation wrote it, so lower ones can be forgotten.
struct RegisterFrontier {
    /// How many reads and writes were judged.
    private(set) var examined = 0
    /// How many of them were reads.
    private(set) var reads = 0
    /// Writes of unknown outcome that began after a higher version had ended, where it is not remembered any more
    /// whether their versions had been read.
    private(set) var undecided = 0

    /// Reads that found nothing, where it is not known what was deleted.
    private(set) var emptyReads = 0

    private var highest: (order: UInt64, operation: Operation?) = (0, nil)
    private var highestWrite: (order: UInt64, operation: Operation?) = (0, nil)
    private var writes = VersionTable()
    /// The read of each unexplained version that ends first, in order of version; all are higher than what has ended.
    private var waiting: [Operation] = []
    /// Writes of unknown outcome and unknown version, those that explain nothing yet and those that explain a version.
    /// They never end, so it does not matter which explains which.
    private var anonymous = (unused: 0, used: 0)
    /// Versions explained by those.
    private var attributed = RememberedVersions()
    /// Versions that nothing explains.
    private var unexplained = RememberedVersions()

    var retained: Int {
        (highest.operation == nil ? 0 : 1) + (highestWrite.operation == nil ? 0 : 1) + writes.count + waiting.count
            + attributed.count + unexplained.count
    }

    /// Judges an operation by those that ended before it began.
    /// - Parameter earlier: what the same worker did and ended just now, of the highest version.
    /// - Returns: whether its end matters to those that follow.
    mutating func begin(
        _ operation: Operation, after earlier: Operation?, _ findings: inout StreamTracker
    ) -> Bool {
        switch (operation.kind, operation.outcome) {
        case (.read, _): return beginRead(operation, after: earlier, &findings)
        case (_, .ok): return beginWrite(operation, after: earlier, &findings)
        case (_, .unknown): beginUnknownWrite(operation, &findings)
        case (_, .failed):
            if operation.version > highestVersion, writes[operation.version].map(\.write.outcome) ?? .failed == .failed
            {
                writes.set(.init(write: operation))
            }
        }
        return false
    }

    /// Takes note that an operation has ended, in order of ends.
    mutating func end(_ operation: Operation, _ findings: inout StreamTracker) {
        explain(through: operation.version, &findings)
        let order = operation.versionOrder
        if order > highest.order {
            if operation.kind == .read, operation.version != highestVersion, !isExplained(operation.version) { return }
            highest = (order, operation)
            writes.forget(below: operation.version)
        }
        if operation.isWriting, order > highestWrite.order { highestWrite = (order, operation) }
    }

    /// Decides on the reads that still wait for their write, as no more will come.
    mutating func finish(_ findings: inout StreamTracker) { explain(through: .max, &findings) }

    private mutating func beginRead(
        _ recorded: Operation, after earlier: Operation?, _ findings: inout StreamTracker
    ) -> Bool {
        var read = recorded
        if read.isAbsentRead {
            guard let version = versionOfDeletion(before: read, earlier) else {
                emptyReads += 1
                return false
            }
            read.version = version
        }
        examined += 1
        reads += 1
        let order = read.versionOrder
        guard order >= highest.order else {
            reportDisorder(recorded, &findings)
            return false
        }
        if let earlier, order < earlier.versionOrder {
            findings.find(recorded) { $0.addDisorder(earlier, before: recorded) }
            return false
        }
        // Another read of the highest version adds nothing.
        if order == highest.order { return false }
        if read.version != highestVersion, !isExplained(read.version) {
            if unexplained.contains(read.version) { return false }
            wait(read)
        } else {
            see(read.version)
        }
        return read.end != Operation.never
    }

    /// What an absent read stands for, if it is the deletion that ended last or nothing was ever there; `nil` if
    /// another operation may have deleted the key.
    private func versionOfDeletion(before read: Operation, _ earlier: Operation?) -> Int64? {
        let known = max(highestVersion, earlier?.version ?? 0)
        if known == 0 { return 0 }
        return [highestWrite.operation, earlier].contains { $0.map { $0.version == known && $0.mayDelete } ?? false }
            ? known : nil
    }

    private mutating func beginWrite(
        _ write: Operation, after earlier: Operation?, _ findings: inout StreamTracker
    ) -> Bool {
        examined += 1
        if write.versionOrder < highest.order {
            reportDisorder(write, &findings)
        } else if let earlier, write.versionOrder < earlier.versionOrder {
            findings.find(write) { $0.addDisorder(earlier, before: write) }
        }
        if write.version >= highestVersion {
            if let known = writes[write.version] {
                if known.write.outcome == .ok {
                    findings.find(write.key) { $0.addRepeatedVersion(known.write, write) }
                }
                // It was not the unknown write that was seen, after all.
                if known.isSeen { examined -= 1 }
            }
            writes.set(.init(write: write))
            stopWaiting(for: write.version)
        }
        return write.end != Operation.never
    }

    /// Whether an unknown write cannot have happened although nothing newer had ended before, for its own worker has
    /// seen something newer.
    func isTooLate(_ write: Operation, after earlier: Operation) -> Bool {
        guard write.version != 0 else {
            return waiting.first.map { $0.version <= earlier.version } ?? false
        }
        return write.versionOrder >= highest.order && write.versionOrder < earlier.versionOrder
    }

    /// An unknown write that is too late in its session begins. It explains nothing, and if what it names was read, it
    /// did happen.
    mutating func passOver(_ write: Operation, after earlier: Operation, _ findings: inout StreamTracker) {
        guard write.version != 0 else {
            // It explains no version up to that, but may explain higher ones.
            undecided += 1
            return
        }
        if let known = writes[write.version], known.write.outcome != .failed { return }
        let wasAttributed = attributed.remove(write.version)
        guard wasAttributed || waiting.contains(where: { $0.version == write.version }) else { return }
        if wasAttributed { examined += 1 }
        findings.find(write) { $0.addDisorder(earlier, before: write) }
    }

    private mutating func beginUnknownWrite(_ write: Operation, _ findings: inout StreamTracker) {
        guard write.version != 0 else {
            anonymous.unused += 1
            return
        }
        guard write.versionOrder >= highest.order else {
            // It can have been read only by reads that had ended, or it is not worth anything. Reads of a version with
            // a known write were explained by that.
            if attributed.remove(write.version) {
                examined += 1
                reportDisorder(write, &findings)
            } else if attributed.mayHaveForgotten(write.version) {
                undecided += 1
            }
            return
        }
        if let known = writes[write.version], known.write.outcome != .failed { return }
        writes.set(.init(write: write))
        if stopWaiting(for: write.version) { see(write.version) }
    }

    private var highestVersion: Int64 { Int64(bitPattern: highest.order >> 1) }

    private func isExplained(_ version: Int64) -> Bool {
        if version == 0 { return true }
        if let known = writes[version], known.write.outcome != .failed { return true }
        return attributed.contains(version)
    }

    /// Takes note that what an unknown write wrote was read.
    private mutating func see(_ version: Int64) {
        guard var known = writes[version], known.write.outcome == .unknown, !known.isSeen else { return }
        known.isSeen = true
        writes.set(known)
        examined += 1
    }
}

// Reads that came before their write.
extension RegisterFrontier {
    private mutating func wait(_ read: Operation) {
        let place = waiting.firstIndex { $0.version >= read.version } ?? waiting.count
        guard place < waiting.count, waiting[place].version == read.version else {
            waiting.insert(read, at: place)
            return
        }
        if read.end < waiting[place].end { waiting[place] = read }
    }

    /// - Returns: whether there was a read of that version.
    @discardableResult
    private mutating func stopWaiting(for version: Int64) -> Bool {
        unexplained.remove(version)
        guard !waiting.isEmpty, let place = waiting.firstIndex(where: { $0.version == version }) else { return false }
        waiting.remove(at: place)
        return true
    }

    /// Explains the versions that are not higher than one that has just ended: a write of theirs that begins later is
    /// too late. Writes of unknown version explain one version each, the lowest first.
    ///
    /// That limit rises with the version, so deciding whenever it is reached gives what deciding in the end would.
    private mutating func explain(through version: Int64, _ findings: inout StreamTracker) {
        while let read = waiting.first, read.version <= version {
            waiting.removeFirst()
            if anonymous.unused > 0 {
                anonymous.unused -= 1
                anonymous.used += 1
                attributed.insert(read.version)
                continue
            }
            unexplained.insert(read.version)
            let failed = writes[read.version]?.write
            let others = anonymous.used
            findings.find(read.key) { $0.addUnwritten(read, failed: failed, others: others, isOver: false) }
        }
    }

    private func reportDisorder(_ later: Operation, _ findings: inout StreamTracker) {
        // A finished write explains the violation better than a finished read. Either proves it.
        let isWriteEnough = later.versionOrder < highestWrite.order
        guard let earlier = isWriteEnough ? highestWrite.operation : highest.operation else { return }
        findings.find(later) { $0.addDisorder(earlier, before: later) }
    }
}
