import History

/// The reads and writes of one key whose writes have unique values, and the judgement of them by zones.
struct ValuedRegister {
    private let operations: [Operation]
    private var zones: [Int64: Zone] = [:]
    /// How many reads and writes were judged.
    private(set) var examined = 0
    /// How many of them were reads.
    private(set) var reads = 0
    private let positions: ArraySlice<Int32>
    /// The values that deletes were given.
    private var deleted: [Int32: Int64] = [:]
    /// Some worker did something at the time, or before the time, at which it had done something else.
    private let mayTouch: Bool

    /// - Returns: `nil` if the reads do not name their writes.
    init?(_ positions: ArraySlice<Int32>, of operations: [Operation]) {
        self.operations = operations
        self.positions = positions
        var readsNothing = false
        var ambiguous: Set<Int64> = []
        var deletes: [Int32] = []
        var sessions = SessionOverlaps()
        for position in positions {
            let operation = operations[Int(position)]
            sessions.meet(operation)
            if operation.kind == .read {
                reads += 1
                examined += 1
                if operation.value == 0 { readsNothing = true }
                zones[operation.value, default: Zone()].add(read: position, operation)
            } else if operation.outcome == .failed {
                zones[operation.value, default: Zone()].failed = position
            } else if operation.value == 0 || operation.kind == .delete {
                deletes.append(position)
            } else if zones[operation.value]?.write != nil {
                ambiguous.insert(operation.value)
            } else {
                zones[operation.value, default: Zone()].write = position
            }
        }
        mayTouch = sessions.isFound
        if readsNothing && !deletes.isEmpty { return nil }
        // Two writes of a value that may both not have happened, and that no read returned, did nothing.
        for value in ambiguous where !zones[value]!.isUnseen(operations) { return nil }
        for position in positions where ambiguous.contains(operations[Int(position)].value) {
            let operation = operations[Int(position)]
            if operation.isWriting && operation.outcome == .ok { return nil }
        }
        // Each delete that happened is a value of its own that no read returned; negative numbers of their own name
        // them.
        if !readsNothing {
            zones[0] = nil
            var name = Int64.min
            for position in deletes where operations[Int(position)].outcome == .ok {
                while zones[name] != nil { name += 1 }
                zones[name] = Zone(write: position)
                deleted[position] = name
            }
        } else {
            zones[0]!.isInitial = true
        }
        for value in Array(zones.keys) {
            zones[value]!.close(operations)
            if zones[value]!.write != nil && !zones[value]!.isUnseen(operations) { examined += 1 }
        }
    }

    func judge(_ findings: inout Findings) {
        let known = findings.count
        judgeZones(&findings)
        if mayTouch, findings.count == known { judgeOrder(&findings) }
    }

    /// Judges by what times alone do not say: the order of what one worker did, where stamps touch.
    private func judgeOrder(_ findings: inout Findings) {
        var numbers: [Int64: Int] = [:]
        var members: [ZoneOrder.Member] = []
        for position in positions {
            let operation = operations[Int(position)]
            guard operation.outcome != .failed else { continue }
            let value = deleted[position] ?? operation.value
            guard let zone = zones[value], zone.write != nil || zone.isInitial, !zone.isUnseen(operations) else {
                continue
            }
            if operation.isWriting, zone.write != position { continue }
            if let write = zone.write, operation.kind == .read, operation.precedes(operations[Int(write)]) {
                return reportEarly(operation, operations[Int(write)], &findings)
            }
            let number = numbers[value] ?? numbers.count
            numbers[value] = number
            members.append(ZoneOrder.Member(operation: operation, zone: number))
        }
        let order = ZoneOrder(
            members, zoneCount: numbers.count, initial: zones[0]?.isInitial == true ? numbers[0] : nil)
        guard let cycle = order.cycle() else { return }
        var proof: [Int64: Operation] = [:]
        for operation in cycle { proof[operation.id] = operation }
        findings.add(rule: "The values of a key follow one another.", Array(proof.values)) {
            "In the order in which \($0.key(cycle[0])) was read and written, "
                + "each of these values comes before the others."
        }
    }

    private func reportEarly(_ read: Operation, _ write: Operation, _ findings: inout Findings) {
        findings.add(rule: "No value is read before its write has begun.", [write, read]) {
            "\($0.key(read)) was read to have \($0.content(read)) before that."
        }
    }

    private func judgeZones(_ findings: inout Findings) {
        var forward: [Zone] = []
        var backward: [Zone] = []
        for zone in zones.values {
            guard zone.write != nil || zone.isInitial else {
                if let read = zone.firstToEnd { reportUnwritten(zone, operations[Int(read)], &findings) }
                continue
            }
            if zone.isUnseen(operations) { continue }
            if let write = zone.write, let read = zone.earliestRead,
                operations[Int(read)].end < operations[Int(write)].start
            {
                reportEarly(operations[Int(read)], operations[Int(write)], &findings)
                continue
            }
            if zone.earliestEnd < zone.latestStart { forward.append(zone) } else { backward.append(zone) }
        }
        // What was there at first ends before all times.
        forward.sort {
            ($0.isInitial ? 0 : 1, $0.earliestEnd, $0.latestStart) < (
                $1.isInitial ? 0 : 1, $1.earliestEnd, $1.latestStart
            )
        }
        backward.sort { ($0.latestStart, $0.earliestEnd) < ($1.latestStart, $1.earliestEnd) }
        compareForward(forward, &findings)
        compareBackward(backward, with: forward, &findings)
    }

    private func compareForward(_ zones: [Zone], _ findings: inout Findings) {
        var longest: Zone?
        for zone in zones {
            if let before = longest, zone.earliestEnd < before.latestStart {
                report(before, zone, "The values of a key follow one another: no two are held at one time.", &findings)
            }
            if longest == nil || zone.latestStart > longest!.latestStart { longest = zone }
        }
    }

    private func compareBackward(_ zones: [Zone], with forward: [Zone], _ findings: inout Findings) {
        var next = 0
        var longest: Zone?
        for zone in zones {
            while next < forward.count && (forward[next].isInitial || forward[next].earliestEnd < zone.latestStart) {
                if longest == nil || forward[next].latestStart > longest!.latestStart { longest = forward[next] }
                next += 1
            }
            if let around = longest, zone.earliestEnd < around.latestStart {
                report(around, zone, "No other value is there while one is held.", &findings)
            }
        }
    }

    private func report(_ held: Zone, _ other: Zone, _ rule: String, _ findings: inout Findings) {
        let positions = Set(held.proof + other.proof)
        findings.add(rule: rule, positions.map { operations[Int($0)] }) { formatter in
            let first = formatter.content(operations[Int(held.proof[0])])
            let second = formatter.content(operations[Int(other.proof[0])])
            return
                "\(formatter.key(operations[Int(held.proof[0])])) must have held \(first) "
                + "from the end of the first of its "
                + "operations to the start of the last; \(second) has no place before or after that."
        }
    }

    private func reportUnwritten(_ zone: Zone, _ read: Operation, _ findings: inout Findings) {
        if let failed = zone.failed {
            findings.add(rule: "A value whose write failed is not read.", [operations[Int(failed)], read]) {
                "Nobody else wrote \($0.content(read)), and this write certainly did not happen."
            }
        } else {
            findings.add(rule: "A value that is read was written.", [read]) {
                "Nobody wrote \($0.content(read)) under \($0.key(read))."
            }
        }
    }
}
