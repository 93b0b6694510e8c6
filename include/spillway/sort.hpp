#pragma once

#include <spillway/sort/codec.hpp>
#include <spillway/sort/csv_codec.hpp>
#include <spillway/sort/external.hpp>
#include <spillway/sort/external_sorter.hpp>
#include <spillway/sort/grouped_key.hpp>
#include <spillway/sort/in_memory.hpp>
#include <spillway/sort/key.hpp>
#include <spillway/sort/key_prefix.hpp>
#include <spillway/sort/options.hpp>
#include <spillway/sort/reduce.hpp>
