#include <spillway/calendar.hpp>

#include <iostream>

int main() { std::cout << "calendar\n"; }
