/// A decimal number as it is written, kept exact: `0.1` is one tenth, not the binary number next to it.
struct DecimalNumber: Sendable, Hashable {
    /// All digits, without the point.
    var digits: Int
    /// How many of them stand after the point.
    var places: Int

    /// The number at the beginning of a text and what follows it, without the spaces between the two; `nil` if the text
    /// begins otherwise, or the number has more than 15 digits.
    static func prefix(of text: some StringProtocol) -> (number: DecimalNumber, rest: Substring)? {
        var digits = 0
        var places = 0
        var count = 0
        var sawPoint = false
        let trimmed = Substring(text).drop { $0 == " " }
        var index = trimmed.startIndex
        while index < trimmed.endIndex {
            let character = trimmed[index]
            if let digit = character.isASCII ? character.wholeNumberValue : nil {
                count += 1
                guard count <= 15 else { return nil }
                digits = digits * 10 + digit
                if sawPoint { places += 1 }
            } else if character == ".", !sawPoint, count > 0 {
                sawPoint = true
            } else {
                break
            }
            index = trimmed.index(after: index)
        }
        guard count > 0, !sawPoint || places > 0 else { return nil }
        return (DecimalNumber(digits: digits, places: places), trimmed[index...].drop { $0 == " " })
    }

    /// The nearest binary number.
    var value: Double { Double(digits) / Self.powerOfTen(places) }

    /// The product with a whole number, if that is whole too and fits.
    func wholeProduct(_ factor: Int) -> Int? {
        let product = digits.multipliedFullWidth(by: factor)
        let divisor = Int(Self.powerOfTen(places))
        // Otherwise the quotient would not fit, and the division would trap.
        guard product.high < divisor / 2 || (product.high == 0 && product.low <= Int.max.magnitude) else { return nil }
        let (quotient, remainder) = divisor.dividingFullWidth(product)
        return remainder == 0 ? quotient : nil
    }

    private static func powerOfTen(_ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}
