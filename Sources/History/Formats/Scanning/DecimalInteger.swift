/// Whole numbers in text.
enum DecimalInteger {
    /// The number that begins at a place: an optional `-`, then digits without a superfluous leading zero.
    ///
    /// - Parameter text: somewhere after it there must be a byte that is not a digit.
    /// - Returns: the number and the place after it; `nil` if there is none, or if it does not fit.
    @inline(__always)
    static func parse(_ text: UnsafePointer<UInt8>) -> (value: Int64, end: UnsafePointer<UInt8>)? {
        let isNegative = text.pointee == ASCII.minus
        let digits = isNegative ? text + 1 : text
        var next = digits
        var magnitude: UInt64 = 0
        while true {
            let digit = next.pointee &- ASCII.zero
            guard digit < 10 else { break }
            magnitude = magnitude &* 10 &+ UInt64(digit)
            next += 1
        }
        let count = next - digits
        // 19 digits cannot overflow an unsigned number; what 20 or more did to it does not matter, as they are refused.
        guard count > 0 && count <= 19 && (count == 1 || digits.pointee != ASCII.zero) else { return nil }
        if isNegative {
            guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
            return (Int64(truncatingIfNeeded: 0 &- magnitude), next)
        }
        guard magnitude <= UInt64(Int64.max) else { return nil }
        return (Int64(truncatingIfNeeded: magnitude), next)
    }
}
