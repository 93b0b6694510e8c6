#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/concepts.hpp>
#include <spillway/core/error.hpp>
#include <spillway/core/exact_sum.hpp>
#include <spillway/core/hash.hpp>
#include <spillway/core/integer_128.hpp>
#include <spillway/core/memory_budget.hpp>
#include <spillway/core/progress.hpp>
#include <spillway/core/text.hpp>
#include <spillway/core/version.hpp>
