import Checking
import History

/// Faults that checks had. A referee with one of them stands for a check with it: where its verdict is another than
/// the right one, the comparison with the right referee finds the fault.
enum OldFault: String, CaseIterable, Sendable {
    case versionsLoseTheirHighestBit = "versions of 2^62 and more lose their highest bit"
    case touchingIsConcurrent = "operations of one worker that touch are concurrent"
    case linesAreOrdered = "the order of the lines decides about operations that begin together"
    case absentReadsAreReadsOfNothing = "a read that finds nothing after a delete is accused"
    case evictionsAreForgotten = "a read that finds nothing after an eviction is accused"
    case layersWithoutFillsAreAccused = "what a layer without recorded fills serves is accused"
    case deadEntriesAreTaken = "a layer may fill itself from an entry whose time was over"
    case loadsAreNotSeparated = "a load after an invalidation counts against an older one"
    case loadsOfOtherInstancesDoNotCount = "in the cluster, loads of other instances do not count"
    case oneLoadIsTheLimit = "one load is the limit whatever was said"
    case graceIsForgotten = "an invalidation that is never applied is never due"
    case tagsOfFillsAreForgotten = "an entry does not keep the tags of its fill"
    case failuresHappen = "what failed has happened"
    case unknownOutcomesHappen = "what has an unknown outcome has happened"
    case unknownOutcomesDoNotHappen = "what has an unknown outcome has not happened"
    case deletesAreForgotten = "deletes do not count"

    /// The contests that must find it.
    var contests: [Contest] {
        switch self {
        case .versionsLoseTheirHighestBit:
            [
                .linearizable, .byVersions, .bySearch, .fresh, .staleness, .sessions, .convergence,
                .streamingByVersions, .streamingFresh, .streamingStaleness, .streamingSessions,
            ]
        case .touchingIsConcurrent:
            [
                .linearizable, .byVersions, .byZones, .bySearch, .fresh, .sessions, .convergence, .tags, .delivery,
                .streamingByVersions, .streamingFresh, .streamingSessions,
            ]
        case .linesAreOrdered: [.sessions, .loads, .streamingSessions, .streamingLoads]
        case .absentReadsAreReadsOfNothing:
            [
                .linearizable, .byVersions, .bySearch, .fresh, .staleness, .sessions, .streamingByVersions,
                .streamingFresh, .streamingStaleness, .streamingSessions,
            ]
        case .evictionsAreForgotten:
            [
                .linearizable, .byVersions, .byZones, .bySearch, .fresh, .staleness, .sessions, .streamingByVersions,
                .streamingFresh, .streamingStaleness, .streamingSessions,
            ]
        case .layersWithoutFillsAreAccused, .deadEntriesAreTaken: [.expiry]
        case .loadsAreNotSeparated, .loadsOfOtherInstancesDoNotCount, .oneLoadIsTheLimit: [.loads, .streamingLoads]
        case .graceIsForgotten: [.fresh, .tags, .streamingFresh]
        case .tagsOfFillsAreForgotten: [.tags]
        case .failuresHappen: Contest.all
        case .unknownOutcomesHappen: Contest.all.filter { !$0.name.hasSuffix("loads") }
        case .unknownOutcomesDoNotHappen: Contest.all.filter { !["connections", "resources"].contains($0.name) }
        case .deletesAreForgotten:
            [
                .linearizable, .byVersions, .byZones, .bySearch, .fresh, .staleness, .sessions, .convergence, .loads,
                .serialisation, .streamingByVersions, .streamingFresh, .streamingStaleness, .streamingSessions,
                .streamingLoads,
            ]
        }
    }

    /// What a check with the fault would say.
    func verdict(_ question: Contest.Question, _ history: History) -> Verdict {
        if let referee = question.faulty[self] { return referee(history) }
        return question.referee(faulty(history))
    }

    /// The history as a check with the fault would see it.
    private func faulty(_ history: History) -> History {
        switch self {
        case .versionsLoseTheirHighestBit: history.changed { $0.version = ($0.version << 1) >> 1 }
        case .touchingIsConcurrent: history.withoutTouching
        case .absentReadsAreReadsOfNothing: history.changed { if $0.kind == .read { $0.isAbsent = false } }
        case .evictionsAreForgotten: history.filtered { $0.kind != .evict }
        case .layersWithoutFillsAreAccused: history.withFillsOfEachLayer
        case .deadEntriesAreTaken: history.changed { if $0.source <= $0.layer { $0.source = Layer.origin } }
        case .loadsAreNotSeparated: history.filtered { $0.kind == .load }
        case .tagsOfFillsAreForgotten: history.changed { if $0.kind == .fill { $0.tagSet = 0 } }
        case .failuresHappen: history.changed { if $0.outcome == .failed { $0.outcome = .ok } }
        case .unknownOutcomesHappen: history.changed { if $0.outcome == .unknown { $0.outcome = .ok } }
        case .unknownOutcomesDoNotHappen: history.filtered { $0.outcome != .unknown }
        case .deletesAreForgotten: history.filtered { $0.kind != .delete }
        case .linesAreOrdered, .loadsOfOtherInstancesDoNotCount, .oneLoadIsTheLimit, .graceIsForgotten: history
        }
    }
}

extension History {
    fileprivate func changed(_ change: (inout Operation) -> Void) -> History {
        var changed = operations
        for index in changed.indices { change(&changed[index]) }
        return History(operations: changed, keys: keys, tagSets: tagSets)
    }

    fileprivate func filtered(_ isKept: (Operation) -> Bool) -> History {
        History(operations: operations.filter(isKept), keys: keys, tagSets: tagSets)
    }

    /// All times apart, so that what touched overlaps: starts become even numbers, ends the odd ones after them.
    fileprivate var withoutTouching: History {
        let times = Set(operations.flatMap { [$0.start, $0.end] }).sorted()
        return changed { operation in
            operation.start = Int64(times.firstIndex(of: operation.start)! * 2)
            guard operation.hasReturned else { return }
            operation.end = Int64(times.firstIndex(of: operation.end)! * 2 + 1)
        }
    }

    /// With a fill of another key in each layer.
    fileprivate var withFillsOfEachLayer: History {
        let start = operations.map(\.start).min() ?? 0
        let fills = Layer.caches.map { layer in
            Operation(kind: .fill, key: Int32(keys.count), layer: layer, start: start, end: start)
        }
        return History(operations: operations + fills, keys: keys + ["another"], tagSets: tagSets)
    }
}
