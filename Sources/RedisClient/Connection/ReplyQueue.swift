/// Matches replies with the commands they answer: the state machine of a connection's reading side, without any I/O.
///
/// The server answers in order, so entries leave at the front. An entry whose caller went away stays as a tombstone
/// until its reply has come.
struct ReplyQueue {
    /// A reply that somebody waits for; `value` is unused for batches, which carry their own.
    struct Completed {
        var completion: PendingReply.Completion
        var value: RedisValue
    }

    /// What has run out of time.
    struct Expired {
        var completions: [PendingReply.Completion] = []
        /// Whether the server has been silent for so long that the connection should be given up.
        var isHanging = false
        /// The next moment to look again.
        var nextDeadline = MonotonicTime.never
    }

    private var entries = RingBuffer<PendingReply>()

    /// Commands and batches that have not been answered in full.
    @inline(__always)
    var count: Int { entries.count }

    @inline(__always)
    var isEmpty: Bool { entries.isEmpty }

    mutating func deallocate() { entries.deallocate() }

    @inline(__always)
    mutating func append(_ entry: consuming PendingReply) {
        entries.append(entry)
    }

    /// Hands out one socket read's replies, in order. O(replies); a batch that is answered by exactly these takes the
    /// whole array without copying.
    /// - Returns: whether every reply had a command. If not, the connection must be closed.
    mutating func receive(_ values: inout [RedisValue], into completed: inout [Completed]) -> Bool {
        var position = 0
        while position < values.count {
            guard !entries.isEmpty else { return false }
            switch entries[0].completion {
            case .single, .late:
                completed.append(Completed(completion: entries.removeFirst().completion, value: values[position]))
                position += 1
                continue
            case .batch, .discarded: break
            }
            let taken = min(entries[0].missing, values.count - position)
            if case .batch(let batch) = entries[0].completion {
                if taken == values.count, batch.values.isEmpty {
                    swap(&batch.values, &values)
                    position = 0  // `values` is empty now.
                } else {
                    batch.values.append(contentsOf: values[position..<position + taken])
                    position += taken
                }
            } else {
                position += taken
            }
            entries[0].missing -= taken
            guard entries[0].missing == 0 else { continue }
            let entry = entries.removeFirst()
            if case .batch = entry.completion {
                completed.append(Completed(completion: entry.completion, value: .null))
            }
        }
        return true
    }

    /// Whether any caller is not ready to be cancelled. O(count).
    var hasUnready: Bool {
        (0..<entries.count).contains { position in
            if case .single = entries[position].completion { true } else { false }
        }
    }

    /// Takes the callers who wait since an earlier round and are not ready to be cancelled. O(count).
    /// - Parameter makeReply: makes what each of them is to wait for instead.
    mutating func takeUnready(
        askedBefore round: UInt64, into taken: inout [(caller: PendingReply.Caller, reply: LateReply)],
        _ makeReply: () -> LateReply
    ) {
        for position in 0..<entries.count where entries[position].round < round {
            guard case .single(let caller) = entries[position].completion else { continue }
            let reply = makeReply()
            entries[position].completion = .late(reply)
            entries[position].ticket = reply.ticket
            taken.append((caller, reply))
        }
    }

    /// Turns an entry into a tombstone. O(count).
    /// - Parameter tombstoneDeadline: when to give the connection up if its reply has not come by then.
    /// - Returns: who waited; `nil` if the entry was answered already.
    mutating func discard(ticket: UInt64, tombstoneDeadline: UInt64) -> PendingReply.Completion? {
        for position in 0..<entries.count where entries[position].ticket == ticket {
            if case .discarded = entries[position].completion { return nil }
            return bury(position, until: tombstoneDeadline)
        }
        return nil
    }

    /// Turns everything that is out of time into tombstones. O(count).
    mutating func expire(now: UInt64, tombstoneDeadline: UInt64) -> Expired {
        var expired = Expired()
        for position in 0..<entries.count {
            if entries[position].deadline <= now {
                if case .discarded = entries[position].completion {
                    // Those further back only wait for the front one.
                    if position == 0 { expired.isHanging = true }
                    continue
                }
                expired.completions.append(bury(position, until: tombstoneDeadline))
            }
            expired.nextDeadline = min(expired.nextDeadline, entries[position].deadline)
        }
        return expired
    }

    /// Empties the queue of a connection that has died.
    /// - Parameter sent: how many bytes in all may have reached the server.
    /// - Returns: who waits, and whether their command may have been executed.
    mutating func drain(sent: UInt64) -> [(completion: PendingReply.Completion, outcomeUnknown: Bool)] {
        var drained: [(completion: PendingReply.Completion, outcomeUnknown: Bool)] = []
        drained.reserveCapacity(entries.count)
        while !entries.isEmpty {
            let entry = entries.removeFirst()
            drained.append((entry.completion, entry.executableFrom <= sent))
        }
        return drained
    }

    private mutating func bury(_ position: Int, until deadline: UInt64) -> PendingReply.Completion {
        let completion = entries[position].completion
        entries[position].completion = .discarded
        entries[position].deadline = deadline
        return completion
    }
}
