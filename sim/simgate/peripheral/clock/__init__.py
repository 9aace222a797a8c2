"""Clock trees and power control."""
