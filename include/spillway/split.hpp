#pragma once

#include <spillway/split/by.hpp>
#include <spillway/split/by_hash.hpp>
#include <spillway/split/classifier.hpp>
#include <spillway/split/csv_files.hpp>
#include <spillway/split/fractions.hpp>
#include <spillway/split/into.hpp>
#include <spillway/split/options.hpp>
#include <spillway/split/sorted_csv_files.hpp>
#include <spillway/split/sorted_into.hpp>
#include <spillway/split/stratified.hpp>
