import History

/// The order of the values of one key where operations of one worker touch.
///
/// Zones compare values by times alone. What one worker did one after the other comes in order although its stamps
/// touch, and then two zones that touch may have one order only; three of them may have none. So the values are put
/// into a graph: value u comes before value v if an operation of u precedes one of v. There is an order if and only if
/// no cycle goes through two values. Times are nodes too, in a chain, so that the edges are as many as the operations.
///
/// O(n log n), and only for keys in which operations of a worker touch or overlap.
struct ZoneOrder {
    /// An operation, and the value that it belongs to, as a number from 0.
    struct Member {
        let operation: Operation
        let zone: Int
    }

    private struct Edge {
        let target: Int
        /// The operations that make the edge: what ended, what began.
        let ended: Operation?
        let begun: Operation?
    }

    private let zoneCount: Int
    private var edges: [[Edge]]

    /// - Parameters:
    ///   - initial: the value "nothing was ever written", which comes before everything.
    init(_ members: [Member], zoneCount: Int, initial: Int?) {
        self.zoneCount = zoneCount
        let byEnd = members.filter { $0.operation.settledEnd != Operation.never }
            .sorted { ($0.operation.end, $0.operation.worker) < ($1.operation.end, $1.operation.worker) }
        var times: [Int64] = []
        for member in byEnd where times.last != member.operation.end { times.append(member.operation.end) }
        // After the zones, one node before all times, and one for what comes after each end.
        edges = Array(repeating: [], count: zoneCount + 1 + times.count)
        let first = zoneCount
        for index in times.indices { join(first + index, first + index + 1) }
        if let initial { join(initial, first) }
        var place = 0
        for member in byEnd {
            while times[place] < member.operation.end { place += 1 }
            edges[member.zone].append(Edge(target: first + place + 1, ended: member.operation, begun: nil))
        }
        for member in members {
            let ended = times.countOfPrefix { $0 < member.operation.start }
            edges[first + ended].append(Edge(target: member.zone, ended: nil, begun: member.operation))
            guard member.operation.worker >= 0 else { continue }
            let sought = (member.operation.start, member.operation.worker)
            let touching = byEnd.countOfPrefix { ($0.operation.end, $0.operation.worker) < sought }
            for other in byEnd[touching...] {
                guard (other.operation.end, other.operation.worker) == sought else { break }
                guard other.zone != member.zone, other.operation.precedes(member.operation) else { continue }
                edges[other.zone].append(
                    Edge(target: member.zone, ended: other.operation, begun: member.operation))
            }
        }
    }

    private mutating func join(_ node: Int, _ next: Int) {
        edges[node].append(Edge(target: next, ended: nil, begun: nil))
    }

    /// The operations along a cycle that goes through two values; `nil` if the values have an order.
    func cycle() -> [Operation]? {
        let components = components()
        var firstZone: [Int: Int] = [:]
        for zone in 0..<zoneCount {
            guard let other = firstZone[components[zone]] else {
                firstZone[components[zone]] = zone
                continue
            }
            return path(from: other, to: zone) + path(from: zone, to: other)
        }
        return nil
    }

    private func path(from start: Int, to end: Int) -> [Operation] {
        var reached: [(node: Int, from: Int, edge: Edge?)] = [(start, -1, nil)]
        var seen: Set<Int> = [start]
        var next = 0
        while next < reached.count, reached[next].node != end {
            for edge in edges[reached[next].node] where seen.insert(edge.target).inserted {
                reached.append((edge.target, next, edge))
            }
            next += 1
        }
        var operations: [Operation] = []
        while next > 0 {
            if let edge = reached[next].edge { operations += [edge.ended, edge.begun].compactMap { $0 } }
            next = reached[next].from
        }
        return operations
    }

    /// Which nodes can reach each other: Tarjan's strongly connected components, without recursion.
    private func components() -> [Int] {
        var number = [Int](repeating: -1, count: edges.count)
        var lowest = number
        var component = number
        var stack: [Int] = []
        var visits: [(node: Int, edge: Int)] = []
        var next = 0
        for root in edges.indices where number[root] < 0 {
            visits.append((root, 0))
            while let (node, edge) = visits.last {
                if edge == 0 {
                    number[node] = next
                    lowest[node] = next
                    next += 1
                    stack.append(node)
                }
                if edge < edges[node].count {
                    visits[visits.count - 1].edge += 1
                    let target = edges[node][edge].target
                    if number[target] < 0 {
                        visits.append((target, 0))
                    } else if component[target] < 0 {
                        lowest[node] = min(lowest[node], number[target])
                    }
                    continue
                }
                visits.removeLast()
                if let parent = visits.last?.node { lowest[parent] = min(lowest[parent], lowest[node]) }
                guard lowest[node] == number[node] else { continue }
                while let member = stack.popLast() {
                    component[member] = node
                    if member == node { break }
                }
            }
        }
        return component
    }
}
