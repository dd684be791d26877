import History
import Support

/// The versions that a worker was given although no layer would keep them, so that it is never given less afterwards.
///
/// Such a value comes from the origin while its invalidation is still on the way: a layer that has not heard of it may yet
/// be filled with the value before. What was kept needs no mark, because no layer replaces a version by a lower one.
///
/// Bounded: of more keys than `capacity` in that state at a time, the ones marked first are forgotten. It takes memory for
/// the keys that are marked now, not for those that ever were.
struct SessionMarks {
    private struct Mark {
        var version: Int64
        /// Of the note that tells when the key was marked.
        let number: Int
    }

    private var marks: [NameKey: Mark] = [:]
    /// In the order of marking; a note whose key has no mark of its number any more is waste.
    private var notes: [(key: NameKey, number: Int)] = []
    private var count = 0
    private let capacity: Int

    init(capacity: Int = 4096) { self.capacity = capacity }

    /// How many notes there are, for those who want to see that they do not pile up.
    var noteCount: Int { notes.count }

    /// Whether a version may be given to the worker.
    @inline(__always)
    func admit(_ version: Int64, of key: NameKey) -> Bool {
        marks.isEmpty || version >= marks[key]?.version ?? Int64.min
    }

    /// A version was given and not kept. Amortised O(1).
    mutating func mark(_ version: Int64, of key: NameKey) {
        if let marked = marks[key] {
            marks[key]?.version = max(marked.version, version)
            return
        }
        count += 1
        marks[key] = Mark(version: version, number: count)
        notes.append((key, count))
        if marks.count > capacity || notes.count > 2 * marks.count + 64 { forget() }
    }

    /// Drops the waste and, of too many marks, the oldest quarter, so that the next ones have room.
    private mutating func forget() {
        notes.removeAll { marks[$0.key]?.number != $0.number }
        guard notes.count > capacity else { return }
        let forgotten = notes.count - capacity * 3 / 4
        for note in notes.prefix(forgotten) { marks[note.key] = nil }
        notes.removeFirst(forgotten)
    }

    /// A version was given and kept: nothing lower can come any more.
    @inline(__always)
    mutating func kept(_ key: NameKey) {
        if !marks.isEmpty { marks[key] = nil }
    }
}
