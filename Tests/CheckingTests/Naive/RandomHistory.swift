import History
import Simulation

/// A small random history by a recipe: crowded, with many ties, and in every fourth case with the greatest versions
/// and the furthest times that a history may have.
struct RandomHistory {
    private static let tagSets: [[String]] = [[], ["s"], ["t"], ["s", "t"]]
    /// So that two of them differ by one, by their highest bit only, or by everything.
    private static let extremeVersions: [Int64] = [
        1, 1 << 61, 1 << 62 - 1, 1 << 62, 1 << 62 + 1, 1 << 62 + 1 << 61, Int64.max - 2, Int64.max - 1, Int64.max,
    ]

    private let recipe: HistoryRecipe
    private let naming: HistoryRecipe.Naming
    private let keyCount: Int
    private var random: SeededRandom
    private var operations: [Operation] = []
    private var moment: Int64 = 0
    /// For each key the greatest number given to a write, and the number of the write that is there now.
    private var written: [Int64]
    private var content: [Int64]
    private var isDeleted: [Bool]

    static func make(_ recipe: HistoryRecipe, seed: UInt64) -> History {
        var history = RandomHistory(recipe, seed: seed)
        return history.make()
    }

    private init(_ recipe: HistoryRecipe, seed: UInt64) {
        self.recipe = recipe
        random = SeededRandom(seed: seed)
        naming = recipe.namings.randomElement(using: &random)!
        keyCount = min(recipe.keys.count, recipe.keyCounts.randomElement(using: &random)!)
        written = Array(repeating: 0, count: keyCount)
        content = written
        isDeleted = Array(repeating: false, count: keyCount)
    }

    private mutating func make() -> History {
        let count = Int.random(in: recipe.count, using: &random)
        // The ids say nothing about the order.
        let ids = (1...Int64(count)).shuffled(using: &random)
        for number in 1...count {
            let isAtTheEnd = number * 3 > count * 2 && !recipe.kindsAtTheEnd.isEmpty
            let kind = (isAtTheEnd ? recipe.kindsAtTheEnd : recipe.kinds).randomElement(using: &random)!
            addOperation(kind, id: ids[number - 1])
        }
        giveCauses()
        if one(of: 4) { makeVersionsExtreme() }
        if one(of: 4) { makeTimesExtreme() }
        return History(
            operations: operations.shuffled(using: &random), keys: Array(recipe.keys.prefix(keyCount)),
            tagSets: recipe.hasTags ? Self.tagSets : [[]])
    }

    private mutating func one(of number: Int) -> Bool { Int.random(in: 0..<number, using: &random) == 0 }

    private mutating func addOperation(_ kind: Operation.Kind, id: Int64) {
        moment += Int64.random(in: 0...3, using: &random)
        var operation = Operation(id: id, kind: kind, start: moment, end: moment)
        operation.worker = Int32.random(in: recipe.workers, using: &random)
        operation.instance = operation.worker < 0 ? Int32.random(in: -1...1, using: &random) : operation.worker / 2
        giveTime(&operation)
        if one(of: recipe.oneUncertainOf) {
            operation.outcome = one(of: 3) ? .failed : .unknown
            if operation.outcome == .unknown && one(of: 2) { operation.end = Operation.never }
        }
        operation.layer = recipe.layers.randomElement(using: &random)!
        operation.source = Layer.allCases.randomElement(using: &random)!
        if kind == .fill && !one(of: 3), let outer = Layer(rawValue: operation.layer.rawValue + 1) {
            operation.source = outer
        }
        if recipe.fillsComeFromOutside { operation.source = max(operation.source, operation.layer) }
        if kind == .load { operation.layer = .origin }
        if operation.isChange {
            operation.scope = recipe.scopes.randomElement(using: &random)!
        }
        if recipe.hasTags {
            operation.tagSet =
                kind == .invalidateTag
                ? Int32.random(in: 1...2, using: &random)
                : Int32.random(in: 0...3, using: &random)
        }
        if ![.invalidateTag, .apply, .publish, .receive].contains(kind) {
            operation.key = Int32.random(in: 0..<Int32(keyCount), using: &random)
            giveContent(&operation)
        }
        if kind == .evict && one(of: 4) { operation.key = -1 }
        if kind == .apply {
            if one(of: 3) { operation.key = Int32.random(in: 0..<Int32(keyCount), using: &random) }
            if !one(of: 3) { operation.tagSet = 0 }
        }
        operations.append(operation)
    }

    /// Often it begins where another operation of its worker ended; often it is a point.
    private mutating func giveTime(_ operation: inout Operation) {
        let before = operations.last { $0.worker == operation.worker && $0.hasReturned }
        operation.start = max(0, moment - Int64.random(in: 0...2, using: &random))
        if let before, one(of: 3) { operation.start = before.end }
        operation.end = operation.start + (one(of: 3) ? 0 : Int64.random(in: 1...recipe.longest, using: &random))
        moment = max(moment, operation.start)
    }

    private mutating func giveContent(_ operation: inout Operation) {
        let key = Int(operation.key)
        var number = content[key]
        switch operation.kind {
        case .write, .delete:
            let least: Int64 = naming == .values || naming == .mixed ? 1 : 0
            number = one(of: 12) ? Int64.random(in: least...written[key] + 1, using: &random) : written[key] + 1
            written[key] = max(written[key], number)
            if operation.outcome == .ok || operation.outcome == .unknown && one(of: 2) {
                content[key] = number
                isDeleted[key] = operation.kind == .delete
            }
            // A write that says `tombstone` has a version: without one it would write the value 0.
            let hasVersion = number > 0 && (naming == .versions || naming == .both)
            operation.isTombstone = operation.kind == .delete || one(of: 12) && hasVersion
            if operation.outcome == .unknown && one(of: 2) { number = 0 }
        case .gauge:
            operation.value = recipe.amounts.randomElement(using: &random)!
            return
        case .invalidate: return
        default:
            if one(of: recipe.oneWrongOf) {
                number = Int64.random(in: 0...written[key] + 1, using: &random)
            } else {
                operation.isTombstone = isDeleted[key]
            }
            let isLook = operation.kind == .read || operation.kind == .inspect
            if isLook && (one(of: recipe.oneAbsentOf) || isDeleted[key] && one(of: 3)) {
                operation.isAbsent = true
                operation.isTombstone = false
                if naming != .versions || !one(of: 4) { number = 0 }
            }
        }
        name(&operation, number)
    }

    /// Says the number as a version, as a value or as both.
    private mutating func name(_ operation: inout Operation, _ number: Int64) {
        let isByVersion = naming == .versions || naming == .both || naming == .mixed && one(of: 2)
        if isByVersion { operation.version = number }
        if !isByVersion || naming == .both {
            operation.value = operation.kind == .delete || operation.isTombstone ? 0 : number
        }
        guard naming == .both, number > 0, operation.value != 0 else { return }
        // Now and then the value is wrong, or not known.
        if one(of: recipe.oneWrongValueOf) {
            operation.value = one(of: 2) ? 0 : Int64.random(in: 1...4, using: &random)
        }
    }

    private mutating func giveCauses() {
        for index in operations.indices {
            let kind = operations[index].kind
            guard kind == .apply || kind == .receive else { continue }
            let causes = operations.filter {
                kind == .receive ? $0.kind == .publish : $0.isChange && $0.scope == .instance
            }
            // Most events are received once.
            let unreceived = causes.filter { cause in
                !operations[..<index].contains { $0.kind == .receive && $0.cause == cause.id }
            }
            let likely = kind == .receive && !unreceived.isEmpty && !one(of: 4) ? unreceived : causes
            if let cause = likely.randomElement(using: &random), !one(of: 10) {
                operations[index] = following(cause, operations[index])
            } else if !recipe.appliesInOrder {
                operations[index].cause = Int64.random(in: 0...Int64(operations.count + 1), using: &random)
            }
        }
    }

    /// Most of what has a cause comes after it, in another instance.
    private mutating func following(_ cause: Operation, _ effect: Operation) -> Operation {
        var effect = effect
        effect.cause = cause.id
        if !one(of: 6), effect.instance == cause.instance {
            effect.instance = cause.instance == 0 ? 1 : 0
            effect.worker = -1
        }
        if !one(of: 6), effect.start < cause.start {
            let length = effect.hasReturned ? effect.end - effect.start : nil
            effect.start = cause.start + Int64.random(in: 0...3, using: &random)
            effect.end = length.map { effect.start + $0 } ?? Operation.never
        }
        if recipe.appliesInOrder { effect.end = max(effect.end, cause.start) }
        return effect
    }

    private mutating func makeVersionsExtreme() {
        let first = Int.random(in: 0...Self.extremeVersions.count - 3, using: &random)
        for index in operations.indices where operations[index].version > 0 {
            let place = first + Int(operations[index].version) - 1
            let last = Self.extremeVersions.count - 1
            // There are fewer great versions than a long history has: those beyond the last are the last.
            operations[index].version = Self.extremeVersions[min(place, last)]
        }
    }

    private mutating func makeTimesExtreme() {
        let latest = operations.map { $0.hasReturned ? $0.end : $0.start }.max()!
        let middle = Int64.random(in: 0...latest, using: &random)
        let isInHalves = one(of: 2)
        let isEarly = one(of: 2)
        func extreme(_ time: Int64) -> Int64 {
            guard time != Operation.never else { return time }
            let isFirst = isInHalves ? time <= middle : isEarly
            return isFirst ? Int64.min + time : Int64.max - 1 - (latest - time)
        }
        for index in operations.indices {
            operations[index].start = extreme(operations[index].start)
            operations[index].end = extreme(operations[index].end)
        }
    }
}
