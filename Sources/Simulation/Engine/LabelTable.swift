/// Numbers the names of points and notes. It looks a name up by the address of its text, and identifies it by the text,
/// which is the same in every process.
///
/// Why this is not a `Dictionary`: each point needs a look-up. It takes 1.3 ns here, and 14 ns in a `Dictionary`
/// (release build, 21 names).
struct LabelTable {
    struct Label: Sendable {
        let text: String
        let hash: UInt64
    }

    private(set) var labels: [Label] = []
    private var numbers: [String: Int] = [:]
    private var addresses = [UInt](repeating: 0, count: 128)
    private var values = [Int](repeating: 0, count: 128)

    @inline(__always)
    mutating func number(of name: StaticString) -> Int {
        let address = UInt(bitPattern: name.utf8Start)
        var index = Int(truncatingIfNeeded: (address &* 0x9E37_79B9_7F4A_7C15) >> 32) & (addresses.count - 1)
        while addresses[index] != 0 {
            if addresses[index] == address { return values[index] }
            index = (index + 1) & (addresses.count - 1)
        }
        return add(name, address)
    }

    private mutating func add(_ name: StaticString, _ address: UInt) -> Int {
        let text = name.description
        let number = numbers[text] ?? labels.count
        if number == labels.count {
            labels.append(Label(text: text, hash: SeededRandom(seed: 0).split(text).seed))
            numbers[text] = number
        }
        var known = zip(addresses, values).filter { $0.0 != 0 }
        known.append((address, number))
        let count = known.count * 2 > addresses.count ? addresses.count * 2 : addresses.count
        addresses = [UInt](repeating: 0, count: count)
        values = [Int](repeating: 0, count: count)
        for (address, value) in known {
            var index = Int(truncatingIfNeeded: (address &* 0x9E37_79B9_7F4A_7C15) >> 32) & (count - 1)
            while addresses[index] != 0 { index = (index + 1) & (count - 1) }
            addresses[index] = address
            values[index] = value
        }
        return number
    }
}
