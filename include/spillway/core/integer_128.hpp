#pragma once

namespace spillway {

/// For counts and their products, where 64 bits are too few. Compilers have them without a standard name.
__extension__ using unsigned_128 = unsigned __int128;
__extension__ using signed_128 = __int128;

}  // namespace spillway
