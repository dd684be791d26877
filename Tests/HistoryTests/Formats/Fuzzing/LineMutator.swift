import Simulation

/// Spoils lines in the ways in which files are spoiled, and in some that an attacker would think of. The same seed
/// gives the same lines.
struct LineMutator {
    private var random: SeededRandom
    private static let numbers = [
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616", "4611686018427387905", "2147483648", "-1", "-0", "00", "+1", "1.0", "1e3",
        "99999999999999999999999",
        "0x10", "1N", "-", "",
    ].map { Array($0.utf8) }
    private static let pieces = [
        "\"", "\\", "\\u", "\\ud83d", "\\ud83d\\ude00", "{", "}", "[", "]", "(", ")", "#", "#_", "#{", "##", ";", ",",
        ":", "null",
        "nil", "true", "false", " ", "\t", "\r", "\r\n", "-", "\u{0}", "\u{FEFF}", "é", "e\u{301}", "\u{10FFFF}",
        "\"key\":\"y\",", "\"end\":5,", "\"id\":1,", "\"tags\":[\"a\"],", ":process :nemesis ",
        String(repeating: "[", count: 400), String(repeating: "{:a ", count: 250), String(repeating: "#a ", count: 300),
    ].map { Array($0.utf8) }

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// A line with one to four spoilt places, without a newline.
    mutating func mutated(_ line: [UInt8], other: [UInt8]) -> [UInt8] {
        var result = line
        for _ in 0...Int.random(in: 0...3, using: &random) where Bool.random(using: &random) || result == line {
            mutate(&result, other)
        }
        result.removeAll { $0 == UInt8(ascii: "\n") }
        return result
    }

    private mutating func mutate(_ line: inout [UInt8], _ other: [UInt8]) {
        let place = Int.random(in: 0...line.count, using: &random)
        let end = min(line.count, place + Int.random(in: 0...12, using: &random))
        switch Int.random(in: 0..<10, using: &random) {
        case 0 where place < line.count: line[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case 1 where place < line.count: line[place] = .random(in: 0...255, using: &random)
        case 2: line.insert(.random(in: 0...255, using: &random), at: place)
        case 3: line.removeSubrange(place..<end)
        case 4: line.insert(contentsOf: line[place..<end], at: place)
        case 5: line = Array(line[..<place])
        case 6: line = line[..<place] + other.suffix(Int.random(in: 0...other.count, using: &random))
        case 7: line.insert(contentsOf: Self.pieces.randomElement(using: &random)!, at: place)
        case 8: replaceNumber(in: &line, after: place)
        default: replaceNumber(in: &line, after: 0)
        }
    }

    /// Puts another number into the place of the first one from a place on.
    private mutating func replaceNumber(in line: inout [UInt8], after place: Int) {
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard let first = line[place...].firstIndex(where: isDigit) else { return }
        let last = line[first...].firstIndex { !isDigit($0) } ?? line.count
        line.replaceSubrange(first..<last, with: Self.numbers.randomElement(using: &random)!)
    }

    /// Makes a text that is wrong shorter as long as it stays wrong: pieces of half its length first, single bytes
    /// last.
    static func shortest(_ text: [UInt8], isWrong: ([UInt8]) -> Bool) -> [UInt8] {
        var shortest = text
        var length = max(1, text.count / 2)
        while true {
            var place = 0
            while place < shortest.count {
                var shorter = shortest
                shorter.removeSubrange(place..<min(place + length, shorter.count))
                if isWrong(shorter) { shortest = shorter } else { place += length }
            }
            if length == 1 { return shortest }
            length /= 2
        }
    }
}
