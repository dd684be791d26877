/// The values that were written to each key, and in which line. 50 to 100 bytes for each.
struct WrittenValues {
    private var lines = NumberTable<Int>(initial: 0)

    /// - Returns: the line that wrote the value before; `nil` if none did.
    @inline(__always)
    mutating func insert(_ value: Int64, key: Int32, line: Int) -> Int? {
        lines.update(value, key) { known in
            guard known == 0 else { return known }
            known = line
            return nil
        }
    }
}
