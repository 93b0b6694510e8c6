#pragma once
#include <spillway/core/detail/private.hpp>
