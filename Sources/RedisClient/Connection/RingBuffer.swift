/// A queue on a ring of memory that is addressed by position and grows by doubling; O(1) at both ends.
///
/// The owner calls ``deallocate()`` in the end.
struct RingBuffer<Element> {
    private var start: UnsafeMutablePointer<Element>
    private var capacity: Int
    private var head = 0
    private(set) var count = 0

    init(capacity: Int = 64) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0, "the capacity must be a power of two")
        self.capacity = capacity
        start = .allocate(capacity: capacity)
    }

    mutating func deallocate() {
        while count > 0 { _ = removeFirst() }
        start.deallocate()
    }

    @inline(__always)
    var isEmpty: Bool { count == 0 }

    /// The element at a position counted from the front. Unchecked.
    @inline(__always)
    subscript(position: Int) -> Element {
        unsafeAddress { UnsafePointer(start + ((head + position) & (capacity - 1))) }
        unsafeMutableAddress { start + ((head + position) & (capacity - 1)) }
    }

    @inline(__always)
    mutating func append(_ element: consuming Element) {
        if count == capacity { grow() }
        (start + ((head + count) & (capacity - 1))).initialize(to: element)
        count += 1
    }

    @inline(__always)
    mutating func removeFirst() -> Element {
        let element = (start + head).move()
        head = (head + 1) & (capacity - 1)
        count -= 1
        return element
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        let tail = min(count, capacity - head)
        larger.moveInitialize(from: start + head, count: tail)
        (larger + tail).moveInitialize(from: start, count: count - tail)
        start.deallocate()
        start = larger
        head = 0
        capacity *= 2
    }
}
