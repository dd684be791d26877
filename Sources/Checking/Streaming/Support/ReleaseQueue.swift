import History

/// Things that wait for a time to pass: operations in flight, mostly.
///
/// A binary heap of times and slots, so that the things themselves stay where they are. O(log n) to insert and to
/// remove; memory for as many as waited at once.
struct ReleaseQueue<Element: Sendable>: Sendable {
    private var heap: [(time: Int64, slot: Int32)] = []
    private var elements: [Element] = []
    private var free: [Int32] = []

    var count: Int { heap.count }

    /// Everything that waits, in no order.
    var waiting: [Element] { heap.map { elements[Int($0.slot)] } }

    /// Adds something that is released once this time has passed.
    mutating func insert(_ element: Element, until time: Int64) {
        let slot: Int32
        if let last = free.popLast() {
            slot = last
            elements[Int(slot)] = element
        } else {
            slot = Int32(truncatingIfNeeded: elements.count)
            elements.append(element)
        }
        heap.append((time, slot))
        var index = heap.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard time < heap[parent].time else { break }
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = (time, slot)
    }

    /// Removes what is next of that whose time is over when another begins. Intervals are closed: what ends at the very
    /// moment still waits.
    mutating func next(before time: Int64) -> Element? {
        guard let first = heap.first, first.time < time else { return nil }
        return removeFirst()
    }

    /// When the time of what is next is over; `nil` if nothing waits.
    var nextTime: Int64? { heap.first?.time }

    /// Calls with everything whose time is the one of what is next. O(as many).
    func forEachNext(_ body: (Element) -> Void) {
        guard let time = nextTime else { return }
        var places = [0]
        while let place = places.popLast() {
            guard place < heap.count, heap[place].time == time else { continue }
            body(elements[Int(heap[place].slot)])
            places.append(2 * place + 1)
            places.append(2 * place + 2)
        }
    }

    /// Removes what is next, whenever that is.
    mutating func next() -> Element? { heap.isEmpty ? nil : removeFirst() }

    private mutating func removeFirst() -> Element {
        let slot = heap[0].slot
        free.append(slot)
        let last = heap.removeLast()
        if !heap.isEmpty { sink(last) }
        return elements[Int(slot)]
    }

    /// Puts an entry where it belongs, from the root downwards.
    private mutating func sink(_ entry: (time: Int64, slot: Int32)) {
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].time < heap[child].time { child += 1 }
            guard heap[child].time < entry.time else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = entry
    }
}
